using System.Globalization;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Sets;

/// <summary>What options call a target.</summary>
public static class TargetName
{
    /// <summary>A class's or an identity's name, or a class's index as digits; empty for boxes.</summary>
    public static string Of(Target target) => target switch
    {
        Target.Label label => label.Name,
        Target.Identity identity => identity.Name,
        Target.ClassIndex index => index.Index.ToString(CultureInfo.InvariantCulture),
        _ => "",
    };
}
