using System.Runtime.InteropServices;
using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Encoders.Tokens;

namespace HnmStreams.Tasks.Encoders.Inputs;

/// <summary>Rows of texts as tokens. The body of a row is the ids (int32); the preview is the beginning of the text. Thread-safe.</summary>
/// <param name="maxTokens">The maximum number of tokens of a text, control tokens included.</param>
/// <param name="maxCharacters">The number of characters that are read of a text.</param>
/// <param name="excerpt">The number of characters that are stored for display.</param>
/// <param name="excerptKey">The key of the setting <paramref name="excerpt"/>.</param>
internal sealed class TokenRows(ITextTokenizer tokenizer, int maxTokens, int maxCharacters, int excerpt, string excerptKey)
{
    /// <summary>Writes body, preview and end of a row after the committed rows, or returns the rejection.</summary>
    public Rejection? Write(in InputView input, RowBuffer rows)
    {
        if (input.Kind != InputKind.Text)
            return new Rejection(RejectionReasons.WrongInput, $"The input must be a text but is {ExampleKinds.Of(input.Kind)}.");
        var text = input.Text[..Math.Min(input.Text.Length, maxCharacters)];
        var ids = tokenizer.Encode(text, maxTokens);
        if (ids.Length == tokenizer.ControlTokens)
            return new Rejection(RejectionReasons.NoWords, "The text must contain a word or a symbol but has only whitespace.");
        var bytes = MemoryMarshal.AsBytes(ids.AsSpan());
        bytes.CopyTo(rows.GetSpan(bytes.Length));
        rows.Advance(bytes.Length);
        EncodedRow.Complete(rows, Encoding.UTF8.GetBytes(Beginning(text, excerpt).ToString()), isFinished: false);
        return null;
    }

    /// <summary>Returns the ids of a body.</summary>
    /// <exception cref="InvalidDataException">The body was not written by <see cref="Write"/>.</exception>
    public static ReadOnlySpan<int> Tokens(ReadOnlySpan<byte> body) => body.Length % sizeof(int) == 0
        ? MemoryMarshal.Cast<byte, int>(body)
        : throw new InvalidDataException($"The row must have a multiple of {sizeof(int)} bytes of tokens but has {body.Length}.");

    /// <summary>Returns the preview of a row.</summary>
    public RowPreview View(ReadOnlySpan<byte> preview) =>
        RowPreview.OfText(preview.IsEmpty ? $"(no text is stored: {excerptKey} is 0)" : Encoding.UTF8.GetString(preview));

    private static ReadOnlySpan<char> Beginning(ReadOnlySpan<char> text, int maxLength) =>
        text.Length <= maxLength ? text : text[..(maxLength > 0 && char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];
}
