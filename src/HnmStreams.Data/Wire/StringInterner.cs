using System.IO.Hashing;
using System.Text;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire;

/// <summary>
/// A bounded cache of immutable values that recur in most records (shapes, class targets, labels, feature names), so that the
/// hot path allocates them once.
/// </summary>
/// <remarks>Thread-safe: slots are replaced atomically, and a lost race costs one allocation. When a set is full, an entry is evicted.</remarks>
internal sealed class StringInterner
{
    private readonly int[]?[] _shapes = new int[]?[16];
    private readonly Target.ClassIndex?[] _classes = new Target.ClassIndex?[1024];
    private readonly Utf8Table<string> _names = new(512, static name => name);
    private readonly Utf8Table<string> _categories = new(512, static name => name);
    private readonly Utf8Table<string> _labelNames = new(512, LabelText.Canonical);
    private readonly Utf8Table<Target.Identity> _identities = new(512, static name => new Target.Identity(LabelText.Canonical(name)));
    private readonly Utf8Table<Target.Label> _labels = new(512, static name => new Target.Label(LabelText.Canonical(name)));

    public int[] Shape(ReadOnlySpan<int> dimensions)
    {
        var slot = dimensions.Length;
        foreach (var dimension in dimensions)
            slot = (slot * 31) + dimension;
        ref var shape = ref _shapes[slot & (_shapes.Length - 1)];
        var known = shape;
        if (known is null || !dimensions.SequenceEqual(known))
            shape = known = dimensions.ToArray();
        return known;
    }

    public Target.ClassIndex Class(int index)
    {
        if (index >= _classes.Length)
            return new Target.ClassIndex(index);
        return _classes[index] ??= new Target.ClassIndex(index);
    }

    /// <param name="utf8">Valid UTF-8.</param>
    public string Name(ReadOnlySpan<byte> utf8) => _names.Get(utf8);

    /// <summary>Interns a category. Kept apart from the names, which many categories would evict.</summary>
    /// <param name="utf8">Valid UTF-8.</param>
    public string Category(ReadOnlySpan<byte> utf8) => _categories.Get(utf8);

    /// <summary>Interns the canonical name of a label or identity.</summary>
    /// <param name="utf8">Valid UTF-8.</param>
    public string LabelName(ReadOnlySpan<byte> utf8) => _labelNames.Get(utf8);

    /// <summary>Interns an identity without further ones.</summary>
    /// <param name="utf8">Valid UTF-8.</param>
    public Target.Identity Identity(ReadOnlySpan<byte> utf8) => _identities.Get(utf8);

    /// <param name="utf8">Valid UTF-8.</param>
    public Target.Label Label(ReadOnlySpan<byte> utf8) => _labels.Get(utf8);

    /// <summary>
    /// A four-way set-associative table, so that two names with the same hash do not keep evicting each other. Names above 64
    /// bytes are not interned, which bounds the size of the table.
    /// </summary>
    private sealed class Utf8Table<T>(int sets, Func<string, T> create)
        where T : class
    {
        private const int Ways = 4;
        private readonly Slot?[] _slots = new Slot?[sets * Ways];

        public T Get(ReadOnlySpan<byte> utf8)
        {
            if (utf8.Length > 64)
                return create(Encoding.UTF8.GetString(utf8));
            var hash = XxHash3.HashToUInt64(utf8);
            var set = _slots.AsSpan((int)(hash % (ulong)sets) * Ways, Ways);
            // The slot to replace, unless a free one is found.
            var free = (int)(hash >> 62);
            for (var i = Ways - 1; i >= 0; i--)
            {
                var known = set[i];
                if (known is null)
                    free = i;
                else if (utf8.SequenceEqual(known.Utf8))
                    return known.Value;
            }

            var slot = new Slot(utf8.ToArray(), create(Encoding.UTF8.GetString(utf8)));
            set[free] = slot;
            return slot.Value;
        }

        private sealed record Slot(byte[] Utf8, T Value);
    }
}
