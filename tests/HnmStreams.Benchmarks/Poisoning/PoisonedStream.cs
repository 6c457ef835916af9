using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Benchmarks.Poisoning;

/// <summary>A stream in which a share of the records comes from a hostile producer. A pure function of its arguments.</summary>
/// <param name="templates">The examples that the attack copies; see <see cref="PoisoningAttacks.Templates"/>.</param>
/// <param name="share">The share of the records, or of the ids if the producer relabels its own examples; 0 to 1.</param>
/// <param name="isHeldOut">The split of the service, which the producer can compute too. It selects the ids of attacks that aim at it.</param>
internal sealed class PoisonedStream(PoisoningAttack attack, IReadOnlyList<Example> templates, double share, (Target Negative, Target Positive) labels, float maxWeight, Func<Example, bool> isHeldOut)
{
    // The expected number of attempts is the inverse of the held-out share.
    private const int MaxAttempts = 10_000;

    /// <summary>The ids of the records with a wrong label.</summary>
    public HashSet<string> WrongIds { get; } = new(StringComparer.Ordinal);

    /// <summary>Returns the records: those of honest producers, and the hostile producer's instead of its share.</summary>
    /// <param name="isPositive">The true class of an honest example.</param>
    public IEnumerable<Example> Send(IEnumerable<Example> honest, Func<Example, bool> isPositive, ulong seed)
    {
        var generator = new Xoshiro256StarStar(seed).Fork(17);
        var sent = 0;
        foreach (var example in honest)
        {
            if (attack.RelabelsOwn())
                yield return IsOwn(example, seed) ? Relabeled(example, isPositive(example)) : example;
            else
                yield return generator.NextDouble() < share ? Copy(sent++, generator) : example;
        }
    }

    // An id belongs to one producer, however often it arrives.
    private bool IsOwn(Example example, ulong seed) => new Xoshiro256StarStar((ulong)ExampleKey.Of(example.Id).Value ^ seed).NextDouble() < share;

    private Example Relabeled(Example example, bool isPositive)
    {
        if (attack == PoisoningAttack.FlippedPositives && !isPositive)
            return example;
        WrongIds.Add(example.Id);
        return example with { Target = isPositive ? labels.Negative : labels.Positive };
    }

    private Example Copy(int number, Xoshiro256StarStar generator)
    {
        var template = templates[generator.NextInt32(templates.Count)];
        var copy = template with
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"producer-{number}"),
            Target = attack.LabelsPositive() ? labels.Positive : labels.Negative,
            Weight = attack == PoisoningAttack.Weighted ? maxWeight : template.Weight,
        };
        if (attack.AimsAtHeldOut())
            copy = Aimed(copy);
        if (attack != PoisoningAttack.HeldOutFlattering)
            WrongIds.Add(copy.Id);
        return copy;
    }

    // Tries ids, and times if the split is by time, until one is held out.
    private Example Aimed(Example example)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var candidate = example with
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{example.Id}-{attempt}"),
                EventTime = example.EventTime?.AddHours(-attempt),
            };
            if (isHeldOut(candidate))
                return candidate;
        }

        throw new InvalidOperationException("'pipeline.evaluation.heldOutShare' must be above 0 for an attack on the held-out share.");
    }
}
