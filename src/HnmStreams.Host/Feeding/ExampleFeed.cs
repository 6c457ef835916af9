using HnmStreams.Data.Examples;
using HnmStreams.Data.Sets;
using HnmStreams.Data.Synthetic;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Host.Feeding;

/// <summary>Examples to send, in their order, with what they are.</summary>
/// <param name="Description">For people: <c>synthetic stream, seed 1</c>.</param>
/// <param name="Examples">May be endless; enumerated once.</param>
internal sealed record ExampleFeed(string Description, IEnumerable<Example> Examples)
{
    /// <summary>The synthetic stream from its beginning, without end.</summary>
    public static ExampleFeed Synthetic(SyntheticOptions options) =>
        new($"synthetic stream, seed {options.Seed}", Endless(new SyntheticStream(options)));

    /// <summary>What a data set has to learn from.</summary>
    /// <param name="epochsUnlessGiven">Null is without end.</param>
    /// <exception cref="Settings.SettingsException">An option does not fit the set.</exception>
    public static ExampleFeed Of(ExampleSet set, DataOptions options, int? epochsUnlessGiven)
    {
        int? epochs = (options.Epochs ?? epochsUnlessGiven) is > 0 and var given ? given : null;
        var times = epochs is null ? "again and again" : epochs == 1 ? "once" : $"{epochs} times";
        if (!options.Shuffle && set.IsStreamed)
            return new ExampleFeed($"{options.Path} in its own order, {times}", InOrder(() => set.Read(SetPart.Train), epochs));

        var examples = DataFolders.Checked(options, () => set.Load(SetPart.Train));
        var skipped = set.Skipped.ToString();
        return new ExampleFeed(
            $"{options.Path}, {examples.Count} examples{(skipped.Length > 0 ? $" (without {skipped})" : "")}, {times}" + (options.Shuffle ? ", reshuffled" : ""),
            options.Shuffle ? Reshuffled(examples, epochs, options.Seed) : InOrder(() => examples, epochs));
    }

    /// <summary>Each pass over the examples in an order of its own; <paramref name="epochs"/> passes, or without end.</summary>
    public static IEnumerable<Example> Reshuffled(IReadOnlyList<Example> examples, int? epochs, ulong seed)
    {
        if (examples.Count == 0)
            yield break;
        var generator = new Xoshiro256StarStar(seed).Fork(1);
        var order = Enumerable.Range(0, examples.Count).ToArray();
        for (var epoch = 0; epochs is null || epoch < epochs; epoch++)
        {
            generator.Shuffle(order.AsSpan());
            foreach (var i in order)
                yield return examples[i];
        }
    }

    private static IEnumerable<Example> Endless(SyntheticStream stream)
    {
        while (true)
            yield return stream.Next().Example;
    }

    private static IEnumerable<Example> InOrder(Func<IEnumerable<Example>> read, int? epochs)
    {
        for (var epoch = 0; epochs is null || epoch < epochs; epoch++)
        {
            var any = false;
            foreach (var example in read())
            {
                any = true;
                yield return example;
            }

            if (!any)
                yield break;
        }
    }
}
