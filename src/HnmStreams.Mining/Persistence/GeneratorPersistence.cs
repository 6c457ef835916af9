using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Persistence;

/// <summary>Reads and writes the state of a random number generator.</summary>
public static class GeneratorPersistence
{
    private const string Structure = "xoshiro256**";

    /// <summary>Writes the state of a generator.</summary>
    public static void Save(this Xoshiro256StarStar generator, StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(writer);
        var state = generator.Save();
        writer.Begin(Structure, 1);
        writer.WriteUInt64(state.S0);
        writer.WriteUInt64(state.S1);
        writer.WriteUInt64(state.S2);
        writer.WriteUInt64(state.S3);
    }

    /// <summary>Reads a generator.</summary>
    /// <exception cref="InvalidDataException">The data is not the state of a generator, or it is all zero.</exception>
    public static Xoshiro256StarStar ReadGenerator(this StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Expect(Structure, 1);
        var state = new GeneratorState(reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64());
        return state == default ? throw reader.Invalid("the state of a generator must not be all zero") : Xoshiro256StarStar.Restore(state);
    }
}
