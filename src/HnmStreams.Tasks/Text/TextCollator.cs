using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Text;

/// <summary>
/// A converter of rows of features into the network's input. A feature's weight is 1 + log of its count, times a
/// factor for words and pairs; the weights of a text have unit length.
/// </summary>
internal static class TextCollator
{
    // A word has about ten character n-grams with much the same information; without the factor they would outweigh the
    // word. 3 is the best of 1, 2 and 3 on banking77 and sms-spam.
    private const double WordFactor = 3;

    /// <returns>float32, [n, longest, 2]: bucket and weight of each feature; 0 and 0 pad shorter rows.</returns>
    /// <param name="input">Returns the features of a row if the row holds more than these; null if it does not.</param>
    /// <exception cref="InvalidDataException">A row was not written by this task's encoder, or its buckets exceed the table.</exception>
    public static Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices, int buckets, RowInput? input = null)
    {
        var longest = 1;
        foreach (var index in indices)
            longest = Math.Max(longest, Features(rows, index, input).Length);
        var tensor = empty(indices.Length, longest, 2, float32);
        var values = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        for (var i = 0; i < indices.Length; i++)
        {
            var row = values.Slice(2 * i * longest, 2 * longest);
            var features = Features(rows, indices[i], input);
            Write(features, row[..(2 * features.Length)], buckets);
            row[(2 * features.Length)..].Clear();
        }

        return tensor;
    }

    private static ReadOnlySpan<uint> Features(RowBuffer rows, int row, RowInput? input) =>
        TextRow.Features(input is null ? rows.Payload(row) : input(rows.Payload(row)));

    private static void Write(ReadOnlySpan<uint> features, Span<float> row, int buckets)
    {
        var squares = 0.0;
        for (var i = 0; i < features.Length; i++)
        {
            var (bucket, kind, count) = TextFeatures.Read(features[i]);
            if (bucket >= buckets)
                throw new InvalidDataException($"The bucket of a feature must be below {buckets} but is {bucket}: the row was written with other settings.");
            var weight = (1 + Math.Log(count)) * (kind == FeatureKind.NGram ? 1 : WordFactor);
            squares += weight * weight;
            (row[2 * i], row[(2 * i) + 1]) = (bucket, (float)weight);
        }

        var scale = (float)(1 / Math.Sqrt(squares));
        for (var i = 1; i < row.Length; i += 2)
            row[i] *= scale;
    }
}
