using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Sets;

/// <summary>The memory of examples that are held: every object with its header on a 64-bit runtime, and every string, shape and target that is not shared with an earlier example.</summary>
/// <remarks>One owner, one thread. O(features) per example.</remarks>
internal sealed class HeldMemory
{
    private const int Header = 16;
    private const int ArrayHeader = 24;
    private const int StringHeader = 22;
    private const int Reference = 8;
    private const int FeatureBytes = 24;
    private const int BoxBytes = 32;

    // Fields of Example: three references, an optional time with offset (24) and a weight.
    private const int ExampleBytes = Header + (3 * Reference) + 24 + 8;

    // A growing list has up to twice the slots that it uses.
    private const int SlotBytes = 2 * Reference;

    // Names, labels and shapes repeat. Beyond this number, objects count as not shared.
    private const int MaxShared = 64 * 1024;

    private readonly HashSet<object> _shared = new(ReferenceEqualityComparer.Instance);

    /// <summary>The bytes so far.</summary>
    public long Bytes { get; private set; }

    public void Add(Example example) =>
        Bytes += SlotBytes + ExampleBytes + SizeOf(example.Id) + (IsNew(example.Target) ? SizeOf(example.Target) : 0) + SizeOf(example.Input);

    private long SizeOf(Target target) => target switch
    {
        Target.Label label => Header + Reference + Shared(label.Name),
        Target.Identity identity => Header + (2 * Reference) + Shared(identity.Name) + identity.Others.Sum(Shared),
        Target.LabelSet labels => Header + Reference + ArrayHeader + ((long)Reference * labels.Names.Count) + labels.Names.Sum(Shared),
        Target.Boxes boxes => Header + Reference + ArrayHeader + ((long)BoxBytes * boxes.Items.Count) + boxes.Items.Sum(b => Shared(b.Label)),
        _ => Header + Reference,
    };

    private long SizeOf(ExampleInput input) => input switch
    {
        ExampleInput.Dense dense => Header + (2 * Reference) + 16 + (IsNew(dense.Shape) ? ArrayHeader + Aligned(4L * dense.Shape.Count) : 0) + SizeOf(dense.Data),
        ExampleInput.EncodedImage image => Header + 16 + SizeOf(image.Data),
        ExampleInput.Text text => Header + Reference + SizeOf(text.Value),
        ExampleInput.Features features => Header + Reference + ArrayHeader + SizeOf(features.Items),
        _ => Header,
    };

    private long SizeOf(IReadOnlyList<Feature> items)
    {
        // A list has its own object, and slots that it does not use.
        var bytes = items is List<Feature> list ? 32 + ((long)FeatureBytes * list.Capacity) : (long)FeatureBytes * items.Count;
        foreach (var feature in items)
            bytes += Shared(feature.Name) + (feature.Category is { } category ? Shared(category) : 0);
        return bytes;
    }

    // A slice keeps the whole array.
    private static long SizeOf(ReadOnlyMemory<byte> data) =>
        ArrayHeader + Aligned(MemoryMarshal.TryGetArray(data, out var segment) ? segment.Array!.Length : data.Length);

    private long Shared(string text) => IsNew(text) ? SizeOf(text) : 0;

    private static long SizeOf(string text) => Aligned(StringHeader + (2L * text.Length));

    private bool IsNew(object value) => _shared.Count < MaxShared ? _shared.Add(value) : !_shared.Contains(value);

    private static long Aligned(long bytes) => (bytes + 7) & ~7L;
}
