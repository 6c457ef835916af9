using HnmStreams.Data.Examples;
using HnmStreams.Data.Synthetic;
using HnmStreams.Mining.Randomness;
using HnmStreams.Tasks;

namespace HnmStreams.Host.Feeding;

/// <summary>Examples to send, in their order, with what they are.</summary>
/// <param name="Description">For people: <c>synthetic stream, seed 1</c>.</param>
/// <param name="Examples">May be endless; enumerated once.</param>
internal sealed record ExampleFeed(string Description, IEnumerable<Example> Examples)
{
    /// <exception cref="Settings.SettingsException">The data set is not there or is of no known format.</exception>
    public static ExampleFeed Open(FeedOptions feed, SyntheticOptions synthetic, IMiningTask task, DataFolders folders, int? epochsUnlessGiven) =>
        feed.IsSynthetic ? Synthetic(synthetic) : DataSet(feed, task, folders, feed.Epochs ?? epochsUnlessGiven);

    /// <summary>The synthetic stream from its beginning, without end.</summary>
    public static ExampleFeed Synthetic(SyntheticOptions options) =>
        new($"synthetic stream, seed {options.Seed}", Endless(new SyntheticStream(options)));

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

    private static ExampleFeed DataSet(FeedOptions feed, IMiningTask task, DataFolders folders, int? epochs)
    {
        var reader = folders.Open(feed.Data, feed.Reader, "feed.data");
        var times = epochs is null ? "again and again" : epochs == 1 ? "once" : $"{epochs} times";
        if (!feed.Shuffle && feed.PositivesKept is null)
            return new ExampleFeed($"{feed.Data} in its own order, {times}", InOrder(() => reader.Read(), epochs));

        IReadOnlyList<Example> examples = [.. reader.Read()];
        if (feed.PositivesKept is { } kept)
            examples = PositiveThinning.Apply(examples, task, kept, feed.Seed);
        return new ExampleFeed(
            $"{feed.Data}, {examples.Count} examples, {times}" + (feed.Shuffle ? ", reshuffled" : ""),
            feed.Shuffle ? Reshuffled(examples, epochs, feed.Seed) : InOrder(() => examples, epochs));
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
