using HnmStreams.Data.Examples;

namespace HnmStreams.Benchmarks.Poisoning;

/// <summary>What a hostile producer sends in its share of the records. All examples are plausible; only labels, weights and ids are chosen.</summary>
internal enum PoisoningAttack
{
    /// <summary>The examples of a share of the producers, each with the opposite label. They keep their ids, so that they arrive with the same wrong label again.</summary>
    Flips,

    /// <summary>As <see cref="Flips"/>, but only positives are relabeled.</summary>
    FlippedPositives,

    /// <summary>Copies of positives under new ids, labeled negative.</summary>
    Positives,

    /// <summary>Copies of the positives that a clean model scores lowest, labeled negative.</summary>
    HardPositives,

    /// <summary>Copies of the negatives that a clean model scores highest, labeled positive.</summary>
    HardNegatives,

    /// <summary>As <see cref="Positives"/>, with the largest weight that is accepted.</summary>
    Weighted,

    /// <summary>As <see cref="Positives"/>, with ids and times that the held-out split selects.</summary>
    HeldOutWrong,

    /// <summary>Copies of the positives that a clean model scores highest, labeled correctly, with ids and times that the held-out split selects.</summary>
    HeldOutFlattering,
}

/// <summary>The properties of the attacks.</summary>
internal static class PoisoningAttacks
{
    /// <summary>Returns a description for tables.</summary>
    public static string Describe(this PoisoningAttack attack) => attack switch
    {
        PoisoningAttack.Flips => "own examples, opposite labels",
        PoisoningAttack.FlippedPositives => "own positives as negatives",
        PoisoningAttack.Positives => "copied positives as negatives",
        PoisoningAttack.HardPositives => "copied hard positives as negatives",
        PoisoningAttack.HardNegatives => "copied hard negatives as positives",
        PoisoningAttack.Weighted => "copied positives as negatives, weight 100",
        PoisoningAttack.HeldOutWrong => "copied positives as negatives, held out",
        _ => "copied easy positives, held out",
    };

    /// <summary>Returns true if the attack chooses ids and times that are held out.</summary>
    public static bool AimsAtHeldOut(this PoisoningAttack attack) => attack is PoisoningAttack.HeldOutWrong or PoisoningAttack.HeldOutFlattering;

    /// <summary>Returns true if the producer relabels its own examples, and false if it sends copies of others.</summary>
    public static bool RelabelsOwn(this PoisoningAttack attack) => attack is PoisoningAttack.Flips or PoisoningAttack.FlippedPositives;

    /// <summary>Returns true if the copies are labeled positive.</summary>
    public static bool LabelsPositive(this PoisoningAttack attack) => attack is PoisoningAttack.HardNegatives or PoisoningAttack.HeldOutFlattering;

    /// <summary>
    /// Returns the examples that the attack copies, most useful first: a quarter of the positives by their score, or as many negatives; all positives
    /// if the score does not matter. Empty if the producer relabels its own examples.
    /// </summary>
    public static IReadOnlyList<Example> Templates(this PoisoningAttack attack, IReadOnlyList<ScoredExample> known)
    {
        var positives = known.Where(static e => e.IsPositive).OrderBy(static e => e.Score).ToList();
        var quarter = Math.Max(1, positives.Count / 4);
        return [.. (attack switch
        {
            PoisoningAttack.Flips or PoisoningAttack.FlippedPositives => [],
            PoisoningAttack.HardPositives => positives.Take(quarter),
            PoisoningAttack.HardNegatives => known.Where(static e => !e.IsPositive).OrderByDescending(static e => e.Score).Take(quarter),
            PoisoningAttack.HeldOutFlattering => positives.TakeLast(quarter),
            _ => positives,
        }).Select(static e => e.Example)];
    }
}

/// <summary>An honest example with its true class and the score of a clean model.</summary>
/// <param name="Score">The model's output; larger is more positive.</param>
internal sealed record ScoredExample(Example Example, bool IsPositive, float Score);
