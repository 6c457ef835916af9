using HnmStreams.Mining.Randomness;

namespace HnmStreams.Mining.Persistence;

/// <summary>A generator as part of a saved state.</summary>
public static class GeneratorPersistence
{
    private const string Structure = "xoshiro256**";

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

    /// <exception cref="InvalidDataException">No generator is there, or one that would stand still.</exception>
    public static Xoshiro256StarStar ReadGenerator(this StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Expect(Structure, 1);
        var state = new GeneratorState(reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64());
        return state == default ? throw reader.Invalid("a generator of zeros only") : Xoshiro256StarStar.Restore(state);
    }
}
