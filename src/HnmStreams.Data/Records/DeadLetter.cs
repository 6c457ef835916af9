namespace HnmStreams.Data.Records;

/// <summary>A record that cannot become an example, with everything needed to inspect it and to send it again.</summary>
/// <param name="Origin">The position of the record. Repeated dead letters are recognized by it.</param>
/// <param name="Reason">A short, stable code such as <c>malformed</c>, <c>too-large</c> or <c>wrong-shape</c>, used as the value of a metric label.</param>
/// <param name="Detail">A sentence for people.</param>
/// <param name="Key">The original key, or null.</param>
/// <param name="Value">The original value, or null if it exceeded the size limit and was not copied.</param>
public sealed record DeadLetter(Origin Origin, string Reason, string Detail, byte[]? Key, byte[]? Value)
{
    /// <summary>The last offset if the dead letter stands for several offsets, as for a batch that cannot be read, else null.</summary>
    public long? LastOffset { get; init; }

    /// <summary>
    /// The index of the row, from 0, if the record carries many examples and only this one was refused, else null. The key is then the
    /// id of the row, and the value a record with this row only, or null if it was not copied.
    /// </summary>
    public int? Row { get; init; }

    /// <summary>The id of the example, or null if it could not be read.</summary>
    public string? Id { get; init; }

    /// <summary>
    /// The captured headers of the record, a block of <see cref="CapturedHeaders"/>: without its headers <c>ce_…</c>, a CloudEvent in binary
    /// mode could not be sent again.
    /// </summary>
    public ReadOnlyMemory<byte> Headers { get; init; }
}
