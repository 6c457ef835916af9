using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Sets;

/// <summary>On which side of the split an example lies, where it alone decides that. Pure.</summary>
internal sealed class SplitRule(SplitOptions options)
{
    private readonly HashSet<string> _testLabels = new(options.TestLabels, StringComparer.Ordinal);

    /// <summary>Whether each example decides; else the files do, or the time.</summary>
    public static bool Decides(SplitKind kind) => kind is SplitKind.Id or SplitKind.Content or SplitKind.Label;

    public SetPart PartOf(Example example)
    {
        var test = options.By switch
        {
            SplitKind.Id => Takes(HashSampling.Hash(example.Id, options.Seed)),
            SplitKind.Content => Takes(HashSampling.Hash(ContentHash.OfInput(example), options.Seed)),
            SplitKind.Label when _testLabels.Count > 0 => _testLabels.Contains(LabelOf(example)),
            SplitKind.Label => Takes(HashSampling.Hash(LabelOf(example), options.Seed)),
            _ => false,
        };
        return test ? SetPart.Test : SetPart.Train;
    }

    private bool Takes(ulong hash) => HashSampling.Takes(hash, options.Share);

    private static string LabelOf(Example example) => example.Target is Target.Boxes
        ? throw new DataOptionException("split.by", "label", "the set's targets are boxes; split by files, id, content or time")
        : TargetName.Of(example.Target);
}
