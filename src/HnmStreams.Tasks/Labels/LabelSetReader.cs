using HnmStreams.Data.Examples;

namespace HnmStreams.Tasks.Labels;

/// <summary>A converter of targets (a set of labels, one label, or its index) into the bits of <see cref="LabelSets"/>. Immutable.</summary>
internal sealed class LabelSetReader(IReadOnlyList<string> labels)
{
    private const string Separator = ", ";

    /// <summary>The name of the empty set, which people see and answer with.</summary>
    public const string None = "no label";

    /// <returns>Null and the set, or the rejection.</returns>
    public Rejection? Read(Target target, out int set)
    {
        set = 0;
        switch (target)
        {
            case Target.LabelSet several:
                return Read(several.Names, ref set);
            case Target.ClassIndex { Index: var index }:
                if (index < 0 || index >= labels.Count)
                    return new Rejection(RejectionReasons.UnknownLabel, $"The class index must be 0 to {labels.Count - 1} but is {index}.");
                set = 1 << index;
                return null;
            case Target.Label { Name: None } when !labels.Contains(None, StringComparer.Ordinal):
                return null;
            case Target.Label one:
                // The names that people see for a set, and answer with.
                return labels.Contains(one.Name, StringComparer.Ordinal) ? Read([one.Name], ref set) : Read(one.Name.Split(Separator), ref set);
            default:
                return new Rejection(RejectionReasons.WrongTarget, $"The target must be a set of labels, a label or a class index but is {ExampleKinds.Of(target)}.");
        }
    }

    /// <summary>Returns the names of a set.</summary>
    public string NameOf(int set) => set == 0 ? None : string.Join(Separator, labels.Where((_, i) => LabelSets.Applies(set, i)));

    private Rejection? Read(IReadOnlyList<string> names, ref int set)
    {
        foreach (var name in names)
        {
            var index = -1;
            for (var i = 0; i < labels.Count && index < 0; i++)
                index = string.Equals(labels[i], name, StringComparison.Ordinal) ? i : -1;
            if (index < 0)
                return new Rejection(RejectionReasons.UnknownLabel, $"Each label must be one of {string.Join(", ", labels)} but one is '{TextExcerpt.Of(name)}'.");
            set |= 1 << index;
        }

        return null;
    }
}
