using System.Runtime.InteropServices;
using System.Text;
using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks.Text;

/// <summary>
/// What a row of a text holds: its features, and behind them, for people to look at, how it begins: UTF-8, filled up to
/// whole numbers, and a mark that looks like a feature of no kind and says how many bytes those are. Without the mark
/// there is no beginning.
/// </summary>
internal static class TextRow
{
    /// <summary>Writes the row behind the committed ones. O(n log n), allocates nothing.</summary>
    /// <param name="excerpt">Characters of its beginning that are kept; 0 keeps none.</param>
    /// <returns>How many features; 0 for a text of gaps, which is no row.</returns>
    public static int Write(ReadOnlySpan<char> text, int buckets, int excerpt, RowBuffer rows)
    {
        var features = TextFeatures.Write(text, buckets, rows);
        if (features == 0 || excerpt == 0)
            return features;
        var beginning = Beginning(text, excerpt);
        var bytes = Encoding.UTF8.GetByteCount(beginning);
        var padded = (bytes + TextFeatures.Size - 1) / TextFeatures.Size * TextFeatures.Size;
        var span = rows.GetSpan(padded + TextFeatures.Size)[..(padded + TextFeatures.Size)];
        span.Clear();
        Encoding.UTF8.GetBytes(beginning, span);
        MemoryMarshal.Write(span[padded..], TextFeatures.Mark(bytes));
        rows.Advance(span.Length);
        return features;
    }

    /// <exception cref="InvalidDataException">It is no row of a text.</exception>
    public static ReadOnlySpan<uint> Features(ReadOnlySpan<byte> payload) => Split(payload, out _);

    /// <summary>How the text begins; null where that was not kept.</summary>
    /// <exception cref="InvalidDataException">It is no row of a text.</exception>
    public static string? Excerpt(ReadOnlySpan<byte> payload)
    {
        Split(payload, out var bytes);
        return bytes.IsEmpty ? null : Encoding.UTF8.GetString(bytes);
    }

    // No half of a pair of surrogates at its end.
    private static ReadOnlySpan<char> Beginning(ReadOnlySpan<char> text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    private static ReadOnlySpan<uint> Split(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> excerpt)
    {
        if (payload.Length % TextFeatures.Size != 0)
            throw new InvalidDataException($"The row has {payload.Length} bytes; a multiple of {TextFeatures.Size} is expected.");
        var numbers = MemoryMarshal.Cast<byte, uint>(payload);
        excerpt = default;
        if (numbers.IsEmpty || !TextFeatures.IsMark(numbers[^1], out var bytes))
            return numbers;
        var padded = (bytes + TextFeatures.Size - 1) / TextFeatures.Size;
        if (padded >= numbers.Length)
            throw new InvalidDataException($"The row speaks of {bytes} bytes of text in {payload.Length}.");
        var features = numbers[..^(padded + 1)];
        excerpt = payload.Slice(features.Length * TextFeatures.Size, bytes);
        return features;
    }
}
