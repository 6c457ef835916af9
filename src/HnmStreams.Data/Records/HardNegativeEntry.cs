namespace HnmStreams.Data.Records;

/// <summary>A candidate that the learner keeps as a hard negative, as it was when it came to be one.</summary>
/// <param name="Id">Of the example.</param>
/// <param name="Unit">Which candidate of the example; 0 where the example is one.</param>
/// <param name="Hardness">Larger is harder; finite.</param>
/// <param name="ModelVersion">That scored it.</param>
/// <param name="Why">One of <see cref="HardNegativeReasons"/>.</param>
/// <param name="Detail">What <paramref name="Why"/> leaves open, for a person; or null.</param>
/// <param name="Label">As the task reads the example's target: a class's index.</param>
/// <param name="Origin">The record that it came with; its input lies there.</param>
public sealed record HardNegativeEntry(
    string Id, int Unit, float Hardness, long ModelVersion, string Why, string? Detail, int Label, Origin Origin);

/// <summary>Why a candidate is kept: short stable codes.</summary>
public static class HardNegativeReasons
{
    /// <summary>There was room.</summary>
    public const string Room = "room";

    /// <summary>It was harder than the easiest resident of a full pool.</summary>
    public const string Harder = "harder";

    /// <summary>It was in the state that the learner went on from.</summary>
    public const string Resumed = "resumed";

    /// <summary>It is set aside as a suspected wrong label, and not trained on.</summary>
    public const string Suspected = "suspected";

    /// <summary>It was suspected, and a person said that its label is right: it is in the pool again.</summary>
    public const string Released = "released";
}

/// <summary>
/// Is told what the learner keeps as hard negatives. Called on the ranking stage's thread: implementations never wait,
/// and leave out what they have no room for.
/// </summary>
public interface IHardNegativeSink
{
    /// <summary>Once, before all else: what is kept already.</summary>
    void Begin(IReadOnlyCollection<HardNegativeEntry> kept);

    /// <summary>It came in, or what is said of it has changed.</summary>
    void Enter(HardNegativeEntry entry);

    /// <summary>It is kept no longer.</summary>
    void Leave(string id, int unit);
}
