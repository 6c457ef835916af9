using System.Runtime.InteropServices;
using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks.Text;

/// <summary>
/// The layout of a text's row: its features, optionally followed by the beginning of the text for display: UTF-8,
/// padded to whole numbers, and a marker with the number of bytes. A row without the marker has no text.
/// </summary>
internal static class TextRow
{
    /// <summary>Writes an example's row after the committed rows, or returns the rejection. O(n log n), allocates nothing.</summary>
    /// <param name="characters">The number of characters that are read.</param>
    /// <param name="excerpt">The number of characters of the beginning that are stored; 0 stores none.</param>
    public static Rejection? Encode(in InputView input, int characters, int buckets, int excerpt, RowBuffer rows)
    {
        if (input.Kind != InputKind.Text)
            return new Rejection(RejectionReasons.WrongInput, $"The input must be a text but is {ExampleKinds.Of(input.Kind)}.");
        var read = input.Text[..Math.Min(input.Text.Length, characters)];
        return Write(read, buckets, excerpt, rows) > 0 ? null : new Rejection(RejectionReasons.NoWords, "The text must contain a word or a symbol but has only whitespace.");
    }

    /// <summary>Returns the stored beginning of the text.</summary>
    /// <param name="task">The task whose setting controls the stored text.</param>
    /// <exception cref="InvalidDataException">The payload is not a row of a text.</exception>
    public static RowPreview View(ReadOnlySpan<byte> payload, string task) => RowPreview.OfText(Excerpt(payload) ?? $"(no text is stored: task.{task}.excerpt is 0)");

    /// <exception cref="InvalidDataException">The payload is not a row of a text.</exception>
    public static ReadOnlySpan<uint> Features(ReadOnlySpan<byte> payload) => Split(payload, out _);

    /// <returns>The number of features; 0 for a text of whitespace only, for which no row is written.</returns>
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
        MemoryMarshal.Write(span[padded..], TextFeatures.Marker(bytes));
        rows.Advance(span.Length);
        return features;
    }

    /// <summary>Returns the beginning of the text, or null if it was not stored.</summary>
    private static string? Excerpt(ReadOnlySpan<byte> payload)
    {
        Split(payload, out var bytes);
        return bytes.IsEmpty ? null : Encoding.UTF8.GetString(bytes);
    }

    // Does not split a surrogate pair.
    private static ReadOnlySpan<char> Beginning(ReadOnlySpan<char> text, int maxLength) =>
        text.Length <= maxLength ? text : text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];

    private static ReadOnlySpan<uint> Split(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> excerpt)
    {
        if (payload.Length % TextFeatures.Size != 0)
            throw new InvalidDataException($"The row must have a multiple of {TextFeatures.Size} bytes but has {payload.Length}.");
        var numbers = MemoryMarshal.Cast<byte, uint>(payload);
        excerpt = default;
        if (numbers.IsEmpty || !TextFeatures.IsMarker(numbers[^1], out var bytes))
            return numbers;
        var padded = (bytes + TextFeatures.Size - 1) / TextFeatures.Size;
        if (padded >= numbers.Length)
            throw new InvalidDataException($"The stored text must fit the row of {payload.Length} bytes but has {bytes}.");
        var features = numbers[..^(padded + 1)];
        excerpt = payload.Slice(features.Length * TextFeatures.Size, bytes);
        return features;
    }
}
