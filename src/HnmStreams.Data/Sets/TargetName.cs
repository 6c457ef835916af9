using System.Globalization;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Sets;

/// <summary>The names of targets in the settings.</summary>
public static class TargetName
{
    /// <summary>Returns the name of a class or identity, the digits of a class index, or an empty string for boxes.</summary>
    public static string Of(Target target) => target switch
    {
        Target.Label label => label.Name,
        Target.Identity identity => identity.Name,
        Target.ClassIndex index => index.Index.ToString(CultureInfo.InvariantCulture),
        _ => "",
    };
}
