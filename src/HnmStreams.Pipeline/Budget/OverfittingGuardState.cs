using HnmStreams.Mining.Persistence;

namespace HnmStreams.Pipeline.Budget;

/// <summary>The overfitting guard's memory from one evaluated version to the next. Saved in checkpoints.</summary>
/// <param name="BackoffSteps">The number of steps by which mining is reduced; 0 is no reduction.</param>
/// <param name="LevelVersions">Versions since the last change that showed no significant difference from the best.</param>
/// <param name="VersionsToRecover">The number of such versions that undo one step. It doubles each time.</param>
internal readonly record struct OverfittingGuardState(int BackoffSteps, int LevelVersions, int VersionsToRecover)
{
    /// <summary>The first value of <see cref="VersionsToRecover"/>.</summary>
    public const int FirstRecovery = 8;

    /// <summary>The largest value of <see cref="VersionsToRecover"/>.</summary>
    public const int MaxRecovery = 256;

    private const string Structure = "overfitting guard";

    public static OverfittingGuardState Initial => new(0, 0, FirstRecovery);

    public void Save(StateWriter writer)
    {
        writer.Begin(Structure, 1);
        writer.WriteInt32(BackoffSteps);
        writer.WriteInt32(LevelVersions);
        writer.WriteInt32(VersionsToRecover);
    }

    /// <exception cref="InvalidDataException">The state is not that of an overfitting guard.</exception>
    public static OverfittingGuardState Read(StateReader reader)
    {
        reader.Expect(Structure, 1);
        var state = new OverfittingGuardState(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        return state is { BackoffSteps: >= 0, LevelVersions: >= 0, VersionsToRecover: >= 1 and <= MaxRecovery }
            ? state
            : throw reader.Invalid($"an overfitting guard with {state}");
    }
}
