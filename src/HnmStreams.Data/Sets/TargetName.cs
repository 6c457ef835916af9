using System.Globalization;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Sets;

/// <summary>The names of targets in the settings.</summary>
public static class TargetName
{
    /// <summary>Returns the name of a class or identity, the digits of a class index, the names of a set of labels, or an empty string for boxes.</summary>
    public static string Of(Target target) => target switch
    {
        Target.Label label => label.Name,
        Target.Identity identity => identity.Name,
        Target.LabelSet labels => string.Join(", ", labels.Names),
        Target.ClassIndex index => index.Index.ToString(CultureInfo.InvariantCulture),
        _ => "",
    };

    /// <summary>Returns the kind of targets without one class per example, for messages.</summary>
    internal static string KindOf(Target target) => target is Target.LabelSet ? "sets of labels" : "boxes";
}
