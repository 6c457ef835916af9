using HnmStreams.Mining.Persistence;

namespace HnmStreams.Mining.RateLimiting;

/// <summary>A limiter's memory as part of a saved state.</summary>
public static class LimiterPersistence
{
    private const string Structure = "limiter";

    public static void Write(this LimiterState state, StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Begin(Structure, 1);
        writer.WriteInt64(state.Examples);
        writer.WriteInt64(state.StepsTaken);
        writer.WriteDouble(state.Owed);
        writer.WriteDouble(state.Forgone);
    }

    /// <exception cref="InvalidDataException">No limiter's state is there.</exception>
    public static LimiterState ReadLimiter(this StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Expect(Structure, 1);
        var state = new LimiterState(reader.ReadInt64(), reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble());
        return state.Examples >= 0 && state.StepsTaken >= 0 && double.IsFinite(state.Owed) && double.IsFinite(state.Forgone)
            ? state
            : throw reader.Invalid($"a limiter with {state}");
    }
}
