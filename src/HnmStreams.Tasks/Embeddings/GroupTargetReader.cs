using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;

namespace HnmStreams.Tasks.Embeddings;

/// <summary>
/// A converter of group names into labels: 31 bits of the name's hash (XxHash3), so that a stream may bring unknown
/// groups. Among a thousand groups, two share a label with probability 1 in 4,300; they are then treated as one
/// group.
/// </summary>
internal static class GroupTargetReader
{
    /// <summary>Returns null and the labels, or the rejection.</summary>
    /// <param name="label">The label of the example's own group.</param>
    /// <param name="further">The labels of its further groups (<see cref="Target.Identity.Others"/>), each once and without <paramref name="label"/>.</param>
    public static Rejection? Read(Target target, out int label, out int[] further)
    {
        (label, further) = (0, []);
        if (NameOf(target) is not { } name)
            return new Rejection(RejectionReasons.WrongTarget, $"The target must be an identity, a label or a class index but is {ExampleKinds.Of(target)}.");
        if (string.IsNullOrWhiteSpace(name))
            return new Rejection(RejectionReasons.UnknownLabel, "The group's name must not be empty.");
        var own = label = LabelOf(name);
        if (target is not Target.Identity { Others: { Count: > 0 } others })
            return null;
        if (others.Any(string.IsNullOrWhiteSpace))
            return new Rejection(RejectionReasons.UnknownLabel, "The names of further groups must not be empty.");
        further = [.. others.Select(LabelOf).Where(l => l != own).Distinct()];
        return null;
    }

    /// <summary>Returns the key that a whole group is held out by, or null if the target names no group.</summary>
    public static ExampleKey? KeyOf(Target target) => NameOf(target) is { } name ? ExampleKey.Of(name) : null;

    /// <summary>Returns a readable form of a label.</summary>
    public static string NameOf(int label) => string.Create(CultureInfo.InvariantCulture, $"group {label:x8}");

    /// <summary>Returns the name of the target's group; null if it has none.</summary>
    public static string? NameOf(Target target) => target switch
    {
        Target.Identity identity => identity.Name,
        Target.Label label => label.Name,
        Target.ClassIndex { Index: >= 0 } index => index.Index.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static int LabelOf(string name) => (int)(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(name.AsSpan())) & int.MaxValue);
}
