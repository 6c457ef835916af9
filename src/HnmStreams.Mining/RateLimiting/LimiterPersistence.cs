using HnmStreams.Mining.Persistence;

namespace HnmStreams.Mining.RateLimiting;

/// <summary>Reads and writes the state of a limiter.</summary>
public static class LimiterPersistence
{
    private const string Structure = "limiter";

    /// <summary>Writes the state of a limiter.</summary>
    public static void Write(this LimiterState state, StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Begin(Structure, 1);
        writer.WriteInt64(state.Examples);
        writer.WriteInt64(state.StepsTaken);
        writer.WriteDouble(state.Owed);
        writer.WriteDouble(state.SkippedSteps);
    }

    /// <summary>Reads the state of a limiter.</summary>
    /// <exception cref="InvalidDataException">The data is not the state of a limiter.</exception>
    public static LimiterState ReadLimiter(this StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.Expect(Structure, 1);
        var state = new LimiterState(reader.ReadInt64(), reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble());
        return state.Examples >= 0 && state.StepsTaken >= 0 && double.IsFinite(state.Owed) && double.IsFinite(state.SkippedSteps)
            ? state
            : throw reader.Invalid($"the state of a limiter must be finite and its counts not negative but it is {state}");
    }
}
