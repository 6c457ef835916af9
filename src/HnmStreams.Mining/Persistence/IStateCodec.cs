namespace HnmStreams.Mining.Persistence;

/// <summary>A codec for a key or a payload, whose format this library does not know, in a saved state.</summary>
/// <typeparam name="T">Type of the values.</typeparam>
/// <remarks>
/// <see cref="Read"/> must consume exactly what <see cref="Write"/> wrote, and must limit its allocations by <see
/// cref="StateReader.Remaining"/>.
/// </remarks>
public interface IStateCodec<T>
{
    /// <summary>Writes a value.</summary>
    void Write(StateWriter writer, T value);

    /// <summary>Reads a value.</summary>
    /// <exception cref="InvalidDataException">The data is not such a value.</exception>
    T Read(StateReader reader);
}
