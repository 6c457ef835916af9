using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Benchmarks.Delayed;

/// <summary>
/// A stream in which each label comes in a separate record, after a random number of further inputs: exponential, as Chapelle, "Modeling delayed
/// feedback in display advertising" (KDD 2014) models the delay of conversions. Every label comes. A pure function of its arguments.
/// </summary>
internal static class DelayedStream
{
    // The expected number of attempts is the inverse of the held-out share.
    private const int MaxAttempts = 10_000;

    /// <summary>Returns the examples with new ids for those that occur again. A repeated example is held out if its first occurrence is.</summary>
    /// <param name="isHeldOut">The split of the service, by the id or the time.</param>
    public static IEnumerable<Example> WithDistinctIds(IEnumerable<Example> examples, Func<Example, bool> isHeldOut)
    {
        var occurrences = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var example in examples)
        {
            var occurrence = occurrences[example.Id] = occurrences.GetValueOrDefault(example.Id) + 1;
            yield return occurrence == 1 ? example : Renamed(example, occurrence, isHeldOut);
        }
    }

    /// <summary>Returns the inputs in their order, and each label before the first input that is later than its delay. The labels that are left follow the last input.</summary>
    /// <param name="examples">Labeled examples with distinct ids.</param>
    /// <param name="medianDelay">The median number of inputs between an input and its label.</param>
    public static IEnumerable<Example> Send(IEnumerable<Example> examples, double medianDelay, ulong seed)
    {
        var generator = new Xoshiro256StarStar(seed).Fork(23);
        var due = new PriorityQueue<Example, (double At, long Number)>();
        var number = 0L;
        foreach (var example in examples)
        {
            while (due.TryPeek(out var label, out var at) && at.At <= number)
            {
                due.Dequeue();
                yield return label;
            }

            // 1 - u is never 0.
            var delay = -medianDelay * Math.Log2(1 - generator.NextDouble());
            due.Enqueue(example with { Input = ExampleInput.None.Instance }, (number + delay, number));
            yield return example with { Target = Target.None.Instance };
            number++;
        }

        while (due.TryDequeue(out var label, out _))
            yield return label;
    }

    private static Example Renamed(Example example, int occurrence, Func<Example, bool> isHeldOut)
    {
        var heldOut = isHeldOut(example);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var renamed = example with { Id = string.Create(CultureInfo.InvariantCulture, $"{example.Id}#{occurrence}-{attempt}") };
            if (isHeldOut(renamed) == heldOut)
                return renamed;
        }

        throw new InvalidOperationException($"No new id of '{example.Id}' is on the same side of the held-out split.");
    }
}
