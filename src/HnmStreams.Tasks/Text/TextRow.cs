using System.Runtime.InteropServices;
using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Torch;

namespace HnmStreams.Tasks.Text;

/// <summary>
/// What a row of a text holds: its features, and behind them, for people to look at, how it begins: UTF-8, filled up to
/// whole numbers, and a mark that looks like a feature of no kind and says how many bytes those are. Without the mark
/// there is no beginning.
/// </summary>
internal static class TextRow
{
    /// <summary>Writes an example's row behind the committed ones, or answers why not. O(n log n), allocates nothing.</summary>
    /// <param name="characters">That are read of it.</param>
    /// <param name="excerpt">Characters of its beginning that are kept; 0 keeps none.</param>
    public static Refusal? Encode(ExampleInput input, int characters, int buckets, int excerpt, RowBuffer rows)
    {
        if (input is not ExampleInput.Text text)
            return new Refusal("wrong-input", $"The input is {input.GetType().Name}; a text is expected.");
        var read = text.Value.AsSpan(0, Math.Min(text.Value.Length, characters));
        return Write(read, buckets, excerpt, rows) > 0 ? null : new Refusal("no-words", "The text has no word and no sign in it.");
    }

    /// <summary>For eyes.</summary>
    /// <param name="task">Whose setting it is that none is kept.</param>
    /// <exception cref="InvalidDataException">It is no row of a text.</exception>
    public static RowView View(ReadOnlySpan<byte> payload, string task) => RowView.OfText(Excerpt(payload) ?? $"(no text is kept: task.{task}.excerpt is 0)");

    /// <exception cref="InvalidDataException">It is no row of a text.</exception>
    public static ReadOnlySpan<uint> Features(ReadOnlySpan<byte> payload) => Split(payload, out _);

    /// <returns>How many features; 0 for a text of gaps, which is no row.</returns>
    private static int Write(ReadOnlySpan<char> text, int buckets, int excerpt, RowBuffer rows)
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

    /// <summary>How the text begins; null where that was not kept.</summary>
    private static string? Excerpt(ReadOnlySpan<byte> payload)
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
