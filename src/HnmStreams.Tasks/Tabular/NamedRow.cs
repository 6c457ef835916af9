using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tabular;

/// <summary>
/// The layout of a row of named features: one 64-bit number per feature, with the bucket in the upper half and the
/// value as float32 in the lower half (1 for a category). A number's bucket comes from its name, a category's from
/// name and value (XxHash3), so that no list of names or values is needed (feature hashing, Weinberger et al., arXiv
/// 0902.2206). Features are ordered by bucket, whatever their original order.
/// </summary>
internal static class NamedRow
{
    private const int ValueBits = 32;
    private const long NumberSeed = 1;
    private const long CategorySeed = 2;

    /// <summary>Writes the row after the committed rows, or returns the rejection. O(n log n); allocates only for new names.</summary>
    /// <param name="buckets">The number of buckets, a power of two; the lower half is for numbers.</param>
    /// <param name="numeric">The features whose strings are numbers.</param>
    public static Rejection? Write(ReadOnlySpan<Feature> features, int buckets, RowBuffer rows, FeatureNames names, QuotedNumbers numeric)
    {
        if (features.IsEmpty)
            return new Rejection(RejectionReasons.NoFeatures, "The example has no features.");
        var row = MemoryMarshal.Cast<byte, ulong>(rows.GetSpan(features.Length * sizeof(ulong)))[..features.Length];
        var written = 0;
        for (var i = 0; i < row.Length; i++)
        {
            var feature = features[i];
            if (feature.Category is not null && numeric.Contains(feature.Name))
            {
                if (numeric.IsMissing(feature.Category))
                    continue;
                if (QuotedNumbers.Read(feature, out feature) is { } rejection)
                    return rejection;
            }

            if (feature.Category is null && !double.IsFinite(feature.Number))
                return new Rejection(RejectionReasons.NotFinite, $"The feature '{TextExcerpt.Of(feature.Name)}' must be a finite number but is {feature.Number}.");
            var value = feature.Category is null ? (float)Math.Clamp(feature.Number, float.MinValue, float.MaxValue) : 1;
            var bucket = Bucket(feature, buckets / 2);
            names.Remember(bucket, feature);
            row[written++] = ((ulong)bucket << ValueBits) | BitConverter.SingleToUInt32Bits(value);
        }

        if (written == 0)
            return new Rejection(RejectionReasons.NoFeatures, "The example has no features: all of them are missing.");
        row = row[..written];
        row.Sort();
        rows.Advance(row.Length * sizeof(ulong));
        return null;
    }

    /// <returns>float32, [n, longest, 2]: bucket and value of each feature; -1 and 0 pad shorter rows.</returns>
    /// <exception cref="InvalidDataException">A row was not written by this task's encoder, or its buckets exceed the tables.</exception>
    public static Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices, int buckets)
    {
        var longest = 1;
        foreach (var index in indices)
            longest = Math.Max(longest, Features(rows, index).Length);
        var tensor = empty(indices.Length, longest, 2, float32);
        var values = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        for (var i = 0; i < indices.Length; i++)
        {
            var features = Features(rows, indices[i]);
            var row = values.Slice(2 * i * longest, 2 * longest);
            for (var j = 0; j < longest; j++)
            {
                (row[2 * j], row[(2 * j) + 1]) = j < features.Length
                    ? ((int)(features[j] >> ValueBits), BitConverter.UInt32BitsToSingle((uint)features[j]))
                    : (-1, 0);
            }

            // The features are ordered, so the last one has the largest bucket.
            if (features.Length > 0 && features[^1] >> ValueBits >= (ulong)buckets)
                throw new InvalidDataException($"The bucket of a feature must be below {buckets} but is {features[^1] >> ValueBits}: the row was written with other settings.");
        }

        return tensor;
    }

    /// <summary>Returns the features as one text, for example <c>src_bytes=235  service=http</c>.</summary>
    /// <exception cref="InvalidDataException">The payload is not a row of this task.</exception>
    public static RowPreview View(ReadOnlySpan<byte> payload, FeatureNames names) =>
        RowPreview.OfText(string.Join("  ", Features(payload, names).Select(f => $"{f.Name}={f.Value}")));

    /// <summary>Returns the features ordered by name. A bucket whose name is not known yet is shown by its number.</summary>
    /// <exception cref="InvalidDataException">The payload is not a row of this task.</exception>
    public static IReadOnlyList<RowFeature> Features(ReadOnlySpan<byte> payload, FeatureNames names)
    {
        if (payload.Length % sizeof(ulong) != 0)
            throw new InvalidDataException($"The row must have a multiple of {sizeof(ulong)} bytes but has {payload.Length}.");
        var features = new List<RowFeature>(payload.Length / sizeof(ulong));
        foreach (var feature in MemoryMarshal.Cast<byte, ulong>(payload))
        {
            var bucket = feature >> ValueBits;
            var value = BitConverter.UInt32BitsToSingle((uint)feature).ToString("G4", CultureInfo.InvariantCulture);
            features.Add(names.Of(bucket) switch
            {
                null => new RowFeature($"#{bucket}", value),
                // The name of a category contains its value.
                var name when names.IsCategory(bucket) => name.Split('=', 2) is [var key, var category] ? new RowFeature(key, category) : new RowFeature(name, value),
                var name => new RowFeature(name, value),
            });
        }

        features.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name) is var byName and not 0 ? byName : string.CompareOrdinal(a.Value, b.Value));
        return features;
    }

    private static ReadOnlySpan<ulong> Features(RowBuffer rows, int index)
    {
        var payload = rows.Payload(index);
        if (payload.Length % sizeof(ulong) != 0)
            throw new InvalidDataException($"Row {index} must have a multiple of {sizeof(ulong)} bytes but has {payload.Length}.");
        return MemoryMarshal.Cast<byte, ulong>(payload);
    }

    private static int Bucket(Feature feature, int half)
    {
        var name = Hash(feature.Name);
        if (feature.Category is null)
            return (int)(name % (ulong)half);
        ReadOnlySpan<ulong> both = [name, Hash(feature.Category)];
        return half + (int)(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(both), CategorySeed) % (ulong)half);
    }

    private static ulong Hash(string text) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()), NumberSeed);
}
