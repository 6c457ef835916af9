namespace HnmStreams.Mining.Persistence;

/// <summary>How a key or a payload, of which this library knows nothing, is written into a saved state and read back.</summary>
/// <remarks>Reading must take exactly what writing put down, and must bound what it allocates by <see cref="StateReader.Remaining"/>.</remarks>
public interface IStateCodec<T>
{
    void Write(StateWriter writer, T value);

    /// <exception cref="InvalidDataException">What is there is not such a value.</exception>
    T Read(StateReader reader);
}
