using HnmStreams.Configuration;
using HnmStreams.Data.Options;
using HnmStreams.Data.Sets;
using HnmStreams.Data.Synthetic;

namespace HnmStreams.Host.Feeding;

/// <summary>Examples to send, in their order, with what they are.</summary>
/// <param name="Description">For people: <c>synthetic stream, seed 1</c>.</param>
/// <param name="Examples">May be endless; enumerated once.</param>
/// <param name="Most">How many they are at most, where that is known; null where it is not, or they are endless.</param>
/// <param name="SetSize">How many different ones the set holds, where they were counted.</param>
internal sealed record ExampleFeed(string Description, IEnumerable<SentExample> Examples, long? Most = null, long? SetSize = null)
{
    /// <summary>The synthetic stream from its beginning, without end.</summary>
    public static ExampleFeed Synthetic(SyntheticOptions options) =>
        new($"synthetic stream, seed {options.Seed}", Endless(new SyntheticStream(options), options.WrongLabelRate > 0));

    /// <summary>What a data set has to learn from.</summary>
    /// <param name="epochsUnlessGiven">Null is without end.</param>
    /// <exception cref="SettingsException">An option does not fit the set.</exception>
    public static ExampleFeed Of(ExampleSet set, DataOptions options, int? epochsUnlessGiven)
    {
        int? epochs = (options.Epochs ?? epochsUnlessGiven) is > 0 and var given ? given : null;
        var times = epochs is null ? "again and again" : epochs == 1 ? "once" : $"{epochs} times";
        if (!options.Shuffle && set.IsStreamed && options.Drift.IsNone())
            return new ExampleFeed($"{options.Path} in its own order, {times}", AsRead(set, epochs));

        var (examples, sent) = DataFolders.Checked(options, () =>
        {
            var held = set.Load(SetPart.Train);
            return (held, new DriftingSet(held, options).Send(epochs));
        });
        var skipped = set.Skipped.ToString();
        return new ExampleFeed(
            $"{options.Path}, {examples.Count} examples{(skipped.Length > 0 ? $" (without {skipped})" : "")}, {times}"
            + (options.Shuffle ? ", reshuffled" : "") + (options.Drift.IsNone() ? "" : ", drifting"),
            sent,
            (long?)epochs * examples.Count,
            examples.Count);
    }

    private static IEnumerable<SentExample> Endless(SyntheticStream stream, bool withTruth)
    {
        while (true)
        {
            var made = stream.Next();
            yield return new SentExample(made.Example, withTruth ? made.Kind == SyntheticKind.Positive ? "1" : "0" : null);
        }
    }

    private static IEnumerable<SentExample> AsRead(ExampleSet set, int? epochs)
    {
        for (var epoch = 0; epochs is null || epoch < epochs; epoch++)
        {
            var any = false;
            foreach (var example in set.Read(SetPart.Train))
            {
                any = true;
                yield return new SentExample(example);
            }

            if (!any)
                yield break;
        }
    }
}
