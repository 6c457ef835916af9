using HnmStreams.Encoders;
using HnmStreams.Tasks.Encoders.Tokens;
using HnmStreams.Testing;

namespace HnmStreams.Tasks.Tests.Encoders.Tokens;

public sealed class WordPiecesTests
{
    private static readonly VocabularyFile Small = new(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "card", "?"], null);

    [Theory]
    [InlineData("unaffable card?", 16, new[] { 2, 4, 5, 6, 7, 8, 3 })]
    [InlineData("unaffable card?", 5, new[] { 2, 4, 5, 6, 3 })]
    [InlineData("Card", 16, new[] { 2, 7, 3 })]
    [InlineData("cards", 16, new[] { 2, 1, 3 })]
    [InlineData("[SEP]", 16, new[] { 2, 1, 1, 1, 3 })]
    [InlineData(" ", 16, new[] { 2, 3 })]
    public void Splits_words_into_the_longest_pieces_between_control_tokens(string text, int maxTokens, int[] ids) =>
        Assert.Equal(ids, new WordPieces(Small, lowercase: true).Encode(text, maxTokens));

    /// <summary>[CLS] first [SEP] second [SEP]: the longer text is cut first.</summary>
    [Theory]
    [InlineData("card", "card", 16, new[] { 2, 7, 3, 7, 3 }, 3)]
    [InlineData("", "card", 16, new[] { 2, 3, 7, 3 }, 2)]
    [InlineData("card card", "card card card card card card", 8, new[] { 2, 7, 7, 3, 7, 7, 7, 3 }, 4)]
    [InlineData("card card card card card card", "card", 8, new[] { 2, 7, 7, 7, 7, 3, 7, 3 }, 6)]
    [InlineData("card card card card card", "card card card card", 7, new[] { 2, 7, 7, 3, 7, 7, 3 }, 4)]
    public void Two_texts_share_the_room(string first, string second, int maxTokens, int[] ids, int secondStart)
    {
        var pair = new WordPieces(Small, lowercase: true).EncodePair(first, second, maxTokens);
        Assert.Equal(ids, pair.Ids);
        Assert.Equal(secondStart, pair.SecondStart);
    }

    [Fact]
    public void Case_matters_unless_texts_are_lower_cased() => Assert.Equal([2, 1, 3], new WordPieces(Small, lowercase: false).Encode("Card", 16));

    [Fact]
    public void Names_a_missing_control_token()
    {
        var error = Assert.Throws<InvalidDataException>(() => new WordPieces(new VocabularyFile(["[PAD]", "[UNK]", "[SEP]", "a"], null), true));
        Assert.Contains("must contain the token [CLS]", error.Message, StringComparison.Ordinal);
    }

    // The ids are those of Hugging Face's bert-base-uncased, whose vocabulary MiniLM has.
    [Theory]
    [InlineData("hello world", new[] { 101, 7592, 2088, 102 })]
    [InlineData("Where is my card?", new[] { 101, 2073, 2003, 2026, 4003, 1029, 102 })]
    [InlineData("unaffordable", new[] { 101, 14477, 4246, 8551, 3085, 102 })]
    [InlineData("f\u00FCr", new[] { 101, 6519, 102 })]
    public void Agrees_with_the_tokenizer_of_a_published_encoder(string text, int[] ids) =>
        Assert.Equal(ids, new WordPieces(VocabularyFile.Read(Path.Combine(EncoderFiles.MiniLm(), "vocab.txt")), true).Encode(text, 128));

    [Fact]
    public void Reads_a_tokenizer_json_and_whether_it_lower_cases()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "tokenizer.json");
        File.WriteAllText(path, """{ "normalizer": { "type": "BertNormalizer", "lowercase": false }, "model": { "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "vocab": { "[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "Card": 4 } } }""");
        var vocabulary = VocabularyFile.Read(path);
        Assert.Equal(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "Card"], vocabulary.Tokens);
        Assert.Equal([2, 4, 3], new WordPieces(vocabulary, lowercase: true).Encode("Card", 8));
    }

    [Theory]
    [InlineData("""{ "model": { "type": "BPE", "vocab": {} } }""", "must be WordPiece but is BPE")]
    [InlineData("""{ "model": { "type": "WordPiece", "vocab": { "a": 0, "b": 2 } } }""", "no token has the id 1")]
    [InlineData("""{ "model": { "type": "WordPiece", "vocab": { "a": 0, "b": 0 } } }""", "not a tokenizer.json")]
    [InlineData("""{ "model": 1 }""", "not a tokenizer.json")]
    [InlineData("{", "not a tokenizer.json")]
    [InlineData("", "must have 1 to")]
    public void Rejects_other_files(string content, string reason)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "tokenizer.json");
        File.WriteAllText(path, content);
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => VocabularyFile.Read(path)).Message, StringComparison.Ordinal);
    }
}
