namespace HnmStreams.Data.Records;

/// <summary>A candidate that the learner keeps as a hard negative, as it was at the time of the entry.</summary>
/// <param name="Id">The id of the example.</param>
/// <param name="Region">The index of the candidate within its example (detection); 0 if the example is a single candidate.</param>
/// <param name="Hardness">A finite score; larger is harder.</param>
/// <param name="ModelVersion">The version of the model that computed <paramref name="Hardness"/>.</param>
/// <param name="Reason">One of <see cref="HardNegativeReasons"/>.</param>
/// <param name="Detail">A sentence for people that explains <paramref name="Reason"/>, or null.</param>
/// <param name="Label">The class index that the task derived from the example's target.</param>
/// <param name="Origin">The record that carried the example. Its input can be read there.</param>
public sealed record HardNegativeEntry(
    string Id, int Region, float Hardness, long ModelVersion, string Reason, string? Detail, int Label, Origin Origin);

/// <summary>Short, stable codes for the reason why a candidate is kept.</summary>
public static class HardNegativeReasons
{
    /// <summary>The pool had free capacity.</summary>
    public const string Room = "room";

    /// <summary>The candidate was harder than the easiest candidate of a full pool.</summary>
    public const string Harder = "harder";

    /// <summary>The candidate was part of the checkpoint that the learner resumed from.</summary>
    public const string Resumed = "resumed";

    /// <summary>The candidate is in quarantine as a suspected label error and is not trained on.</summary>
    public const string Suspected = "suspected";

    /// <summary>A person confirmed the label of a suspected candidate, which returned to the pool.</summary>
    public const string Released = "released";
}

/// <summary>A listener for the set of hard negatives that the learner keeps.</summary>
/// <remarks>Called on the ranking stage's thread. Implementations must not block; they drop entries that they have no room for.</remarks>
public interface IHardNegativeSink
{
    /// <summary>Reports the candidates that are kept already. Called once, before the other methods.</summary>
    void Begin(IReadOnlyCollection<HardNegativeEntry> kept);

    /// <summary>Reports a candidate that was added or whose entry has changed.</summary>
    void Enter(HardNegativeEntry entry);

    /// <summary>Reports a candidate that is no longer kept.</summary>
    void Leave(string id, int region);
}
