namespace HnmStreams.Web.Recovery;

/// <summary>The known changes of a stream: permanent changes at regular positions.</summary>
/// <param name="After">The number of examples before the first change, above 0.</param>
/// <param name="Every">The number of examples between two changes.</param>
internal sealed record StreamChanges(long After, long Every)
{
    /// <summary>Returns the number of changes among the first examples of the stream.</summary>
    public long CountAmong(long examples) => examples < After ? 0 : 1 + ((examples - After) / Every);

    /// <summary>Returns the number of examples before the n-th change, n from 1.</summary>
    public long PositionOf(long change) => After + ((change - 1) * Every);
}
