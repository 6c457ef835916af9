using HnmStreams.Configuration;
using HnmStreams.Data.Options;
using HnmStreams.Data.Sets;
using HnmStreams.Data.Synthetic;
using HnmStreams.Tasks;

namespace HnmStreams.Host.Feeding;

/// <summary>A sequence of examples to send, in order, with a description.</summary>
/// <param name="Description">A description for users, such as <c>synthetic stream, seed 1</c>.</param>
/// <param name="Examples">The examples; possibly unbounded. May be enumerated only once.</param>
/// <param name="MaxCount">The maximum number of examples; null if it is unknown or unbounded.</param>
/// <param name="SetSize">The number of distinct examples in the data set; null if they were not counted.</param>
internal sealed record ExampleFeed(string Description, IEnumerable<SentExample> Examples, long? MaxCount = null, long? SetSize = null)
{
    /// <summary>Creates an unbounded feed of the synthetic stream from its beginning.</summary>
    public static ExampleFeed Synthetic(SyntheticOptions options) =>
        new($"synthetic stream, seed {options.Seed}", Endless(new SyntheticStream(options), options.WrongLabelRate > 0));

    /// <summary>Creates a feed of the training part of a data set.</summary>
    /// <param name="defaultEpochs">The number of epochs if <c>data.epochs</c> is not set; null is unbounded.</param>
    /// <param name="task">The task that learns from the feed alone; null if that is not known.</param>
    /// <exception cref="SettingsException">An option does not apply to the data set, or the task cannot learn from it.</exception>
    public static ExampleFeed Of(ExampleSet set, DataOptions options, int? defaultEpochs, IMiningTask? task = null)
    {
        int? epochs = (options.Epochs ?? defaultEpochs) is > 0 and var count ? count : null;
        var repetition = epochs is null ? "repeated" : epochs == 1 ? "once" : $"{epochs} times";
        if (!options.Shuffle && set.IsStreamed && options.Drift.IsNone())
            return new ExampleFeed($"{options.Path} in file order, {repetition}", AsRead(set, options, epochs, task));

        var (examples, sent) = DataFolders.Checked(options, () =>
        {
            var loaded = set.Load(SetPart.Train);
            CheckedSet.Check(loaded, options, task);
            return (loaded, new DriftingSet(loaded, options).Send(epochs));
        });
        var skipped = set.Skipped.ToString();
        return new ExampleFeed(
            $"{options.Path}, {examples.Count} examples{(skipped.Length > 0 ? $" ({skipped})" : "")}, {repetition}"
            + (options.Shuffle ? ", shuffled per epoch" : "") + (options.Drift.IsNone() ? "" : ", drifting"),
            sent,
            (long?)epochs * examples.Count,
            examples.Count);
    }

    private static IEnumerable<SentExample> Endless(SyntheticStream stream, bool withTruth)
    {
        while (true)
        {
            var next = stream.Next();
            yield return new SentExample(next.Example, withTruth ? next.Kind == SyntheticKind.Positive ? "1" : "0" : null);
        }
    }

    private static IEnumerable<SentExample> AsRead(ExampleSet set, DataOptions options, int? epochs, IMiningTask? task)
    {
        for (var epoch = 0; epochs is null || epoch < epochs; epoch++)
        {
            var any = false;
            foreach (var example in CheckedSet.Of(set.Read(SetPart.Train), options, epoch == 0 ? task : null))
            {
                any = true;
                yield return new SentExample(example);
            }

            if (!any)
                yield break;
        }
    }
}
