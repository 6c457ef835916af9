using HnmStreams.Mining.Persistence;

namespace HnmStreams.Pipeline.Budget;

/// <summary>The overfitting guard's memory from one evaluated version to the next. Saved in checkpoints.</summary>
/// <param name="BackoffLevel">The level by which mining is reduced; 0 is no reduction.</param>
/// <param name="WithinNoiseVersions">Versions since the last change that showed no significant difference from the best.</param>
/// <param name="VersionsToRecover">The number of such versions that undo one level. It doubles each time.</param>
internal readonly record struct OverfittingGuardState(int BackoffLevel, int WithinNoiseVersions, int VersionsToRecover)
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
        writer.WriteInt32(BackoffLevel);
        writer.WriteInt32(WithinNoiseVersions);
        writer.WriteInt32(VersionsToRecover);
    }

    /// <exception cref="InvalidDataException">The state is not that of an overfitting guard.</exception>
    public static OverfittingGuardState Read(StateReader reader)
    {
        reader.Expect(Structure, 1);
        var state = new OverfittingGuardState(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        return state is { BackoffLevel: >= 0, WithinNoiseVersions: >= 0, VersionsToRecover: >= 1 and <= MaxRecovery }
            ? state
            : throw reader.Invalid($"an overfitting guard with {state}");
    }
}
