using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;

namespace HnmStreams.Data.Sets;

/// <summary>The rule that assigns an example to a part of the split if the example alone decides. Pure.</summary>
internal sealed class SplitRule(SplitOptions options)
{
    private readonly HashSet<string> _testLabels = new(options.TestLabels.Select(LabelText.Canonical), StringComparer.Ordinal);

    /// <summary>Returns true if each example alone decides; otherwise the files or the times decide.</summary>
    public static bool Decides(SplitKind kind) => kind is SplitKind.Id or SplitKind.Content or SplitKind.Label;

    public SetPart PartOf(Example example)
    {
        var test = options.By switch
        {
            SplitKind.Id => IsSelected(HashSampling.Hash(example.Id, options.Seed)),
            SplitKind.Content => IsSelected(HashSampling.Hash(ContentHash.OfInput(example), options.Seed)),
            SplitKind.Label when _testLabels.Count > 0 => _testLabels.Contains(LabelOf(example)),
            SplitKind.Label => IsSelected(HashSampling.Hash(LabelOf(example), options.Seed)),
            _ => false,
        };
        return test ? SetPart.Test : SetPart.Train;
    }

    private bool IsSelected(ulong hash) => HashSampling.IsSelected(hash, options.Share);

    private static string LabelOf(Example example) => example.Target is Target.Boxes or Target.LabelSet
        ? throw new DataOptionException("split.by", "label", $"a split by label requires one class per example, but the targets of the set are {TargetName.KindOf(example.Target)}; set files, id, content or time")
        : TargetName.Of(example.Target);
}
