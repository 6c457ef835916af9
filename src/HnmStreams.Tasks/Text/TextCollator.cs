using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Text;

/// <summary>
/// Turns rows of features into the network's input, weights of unit length for each text: 1 + log of the count, and more
/// for whole words and pairs than for the runs inside them.
/// </summary>
internal static class TextCollator
{
    // A word comes with some ten runs, which tell much the same: without this they would outvote it. Of 1, 2 and 3 the
    // best on banking77 and on sms-spam.
    private const double WholeWord = 3;

    /// <returns>float32, [n, longest, 2]: bucket and weight of each feature, 0 and 0 behind the last.</returns>
    /// <exception cref="InvalidDataException">A row is none of this task's, or its buckets are beyond the table.</exception>
    public static Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices, int buckets)
    {
        var longest = 1;
        foreach (var index in indices)
            longest = Math.Max(longest, TextRow.Features(rows.Payload(index)).Length);
        var tensor = empty(indices.Length, longest, 2, float32);
        var values = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        for (var i = 0; i < indices.Length; i++)
        {
            var row = values.Slice(2 * i * longest, 2 * longest);
            var features = TextRow.Features(rows.Payload(indices[i]));
            Write(features, row[..(2 * features.Length)], buckets);
            row[(2 * features.Length)..].Clear();
        }

        return tensor;
    }

    private static void Write(ReadOnlySpan<uint> features, Span<float> row, int buckets)
    {
        var squares = 0.0;
        for (var i = 0; i < features.Length; i++)
        {
            var (bucket, kind, count) = TextFeatures.Read(features[i]);
            if (bucket >= buckets)
                throw new InvalidDataException($"A feature lies in bucket {bucket}; there are {buckets}: the row was written under other settings.");
            var weight = (1 + Math.Log(count)) * (kind == FeatureKind.Run ? 1 : WholeWord);
            squares += weight * weight;
            (row[2 * i], row[(2 * i) + 1]) = (bucket, (float)weight);
        }

        var scale = (float)(1 / Math.Sqrt(squares));
        for (var i = 1; i < row.Length; i += 2)
            row[i] *= scale;
    }
}
