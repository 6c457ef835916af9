using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Torch;

namespace HnmStreams.Tasks.Embeddings;

/// <summary>
/// A group's name as a label: 31 bits of its hash (XxHash3), so that a stream may bring groups that nobody has named. Of
/// a thousand groups two meet by chance once in 4,300 streams, and are one group then.
/// </summary>
internal static class GroupLabels
{
    public static Refusal? Read(Target target, out int label)
    {
        label = 0;
        if (NameOf(target) is not { } name)
            return new Refusal("wrong-target", $"The target is {target.GetType().Name}; an identity, a label or a class index is expected.");
        if (string.IsNullOrWhiteSpace(name))
            return new Refusal("unknown-label", "The group has no name.");
        label = (int)(Hash(name) & int.MaxValue);
        return null;
    }

    /// <summary>The key that a whole group is held out by; null where the target names no group.</summary>
    public static ExampleKey? KeyOf(Target target) => NameOf(target) is { } name ? ExampleKey.Of(name) : null;

    /// <summary>For eyes.</summary>
    public static string NameOf(int label) => string.Create(CultureInfo.InvariantCulture, $"group {label:x8}");

    private static string? NameOf(Target target) => target switch
    {
        Target.Identity identity => identity.Name,
        Target.Label label => label.Name,
        Target.ClassIndex { Index: >= 0 } index => index.Index.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static ulong Hash(string name) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(name.AsSpan()));
}
