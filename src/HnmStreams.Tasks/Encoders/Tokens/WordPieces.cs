using System.Text;
using Microsoft.ML.Tokenizers;

namespace HnmStreams.Tasks.Encoders.Tokens;

/// <summary>A tokenizer of texts into the ids of BERT-style encoders: <c>[CLS] pieces of words [SEP]</c>. Thread-safe.</summary>
internal sealed class WordPieces : ITextTokenizer
{
    private const string Unknown = "[UNK]";

    private readonly WordPieceTokenizer _pieces;
    private readonly bool _lowercase;
    private readonly int _first;
    private readonly int _last;

    /// <param name="lowercase">True to lower-case texts and to remove accents, unless the file decides.</param>
    /// <exception cref="InvalidDataException">The vocabulary lacks a control token.</exception>
    public WordPieces(VocabularyFile vocabulary, bool lowercase)
    {
        _lowercase = vocabulary.Lowercase ?? lowercase;
        Size = vocabulary.Tokens.Count;
        (_first, _last, Padding) = (Id(vocabulary, "[CLS]"), Id(vocabulary, "[SEP]"), Id(vocabulary, "[PAD]"));
        Id(vocabulary, Unknown);
        using var lines = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', vocabulary.Tokens)));
        _pieces = WordPieceTokenizer.Create(lines, new WordPieceOptions { PreTokenizer = PreTokenizer.CreateWhiteSpace(), UnknownToken = Unknown });
    }

    /// <inheritdoc/>
    public int Size { get; }

    /// <inheritdoc/>
    public int Padding { get; }

    /// <inheritdoc/>
    public int ControlTokens => 2;

    /// <inheritdoc/>
    public int[] Encode(ReadOnlySpan<char> text, int maxTokens)
    {
        return [_first, .. Pieces(text, maxTokens - ControlTokens), _last];
    }

    /// <summary>Returns the ids of two texts together: <c>[CLS] first [SEP] second [SEP]</c>, at most <paramref name="maxTokens"/>. The longer text is cut first.</summary>
    /// <param name="maxTokens">The maximum, 5 or more.</param>
    public PairTokens EncodePair(ReadOnlySpan<char> first, ReadOnlySpan<char> second, int maxTokens)
    {
        var most = maxTokens - 3;
        var (one, other) = (Pieces(first, most), Pieces(second, most));
        // The shorter text keeps its tokens as long as it has at most half of the room.
        var kept = Math.Min(one.Count, Math.Max(most - other.Count, (most + 1) / 2));
        var rest = Math.Min(other.Count, most - kept);
        return new PairTokens([_first, .. one.Take(kept), _last, .. other.Take(rest), _last], kept + 2);
    }

    private IReadOnlyList<int> Pieces(ReadOnlySpan<char> text, int maxTokens) =>
        _pieces.EncodeToIds(BertText.Words(text, _lowercase), maxTokens, out _, out _, considerNormalization: false);

    private static int Id(VocabularyFile vocabulary, string token)
    {
        for (var id = 0; id < vocabulary.Tokens.Count; id++)
        {
            if (string.Equals(vocabulary.Tokens[id], token, StringComparison.Ordinal))
                return id;
        }

        throw new InvalidDataException($"The vocabulary must contain the token {token} but does not. It has {vocabulary.Tokens.Count} tokens, the first of which is '{vocabulary.Tokens[0]}'.");
    }
}
