using HnmStreams.Tasks.Encoders.Tokens;
using HnmStreams.Testing;

namespace HnmStreams.Tasks.Tests.Encoders.Tokens;

public sealed class HuggingFaceTokenizerTests
{
    // Byte-pair encoding with merges for "lo", "low" and "er", and RoBERTa's control tokens.
    private const string BytePairs = """
        {
          "version": "1.0", "truncation": null, "padding": null,
          "added_tokens": [
            { "id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true },
            { "id": 1, "content": "<pad>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true },
            { "id": 2, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true }
          ],
          "normalizer": { "type": "Lowercase" }, "pre_tokenizer": { "type": "Whitespace" },
          "post_processor": { "type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": true, "add_prefix_space": false },
          "decoder": null,
          "model": {
            "type": "BPE", "dropout": null, "unk_token": "?", "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false,
            "vocab": { "?": 3, "l": 4, "o": 5, "w": 6, "e": 7, "r": 8, "lo": 9, "low": 10, "er": 11, "s": 12, "<": 13, ">": 14, "/": 15 },
            "merges": ["l o", "lo w", "e r"]
          }
        }
        """;

    // Pieces with log probabilities, as SentencePiece has them.
    private const string Unigram = """
        {
          "version": "1.0", "truncation": null, "padding": { "strategy": "BatchLongest", "direction": "Right", "pad_to_multiple_of": null, "pad_id": 1, "pad_type_id": 0, "pad_token": "<pad>" },
          "added_tokens": [], "normalizer": null, "pre_tokenizer": { "type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true },
          "post_processor": null, "decoder": null,
          "model": { "type": "Unigram", "unk_id": 0, "byte_fallback": false, "vocab": [["<unk>", 0], ["<pad>", 0], ["▁low", -1], ["er", -1.5], ["▁", -4], ["l", -5], ["o", -5], ["w", -5], ["e", -5], ["r", -5]] }
        }
        """;

    [Theory]
    [InlineData("low", 16, new[] { 0, 10, 2 })]
    [InlineData("Lower low", 16, new[] { 0, 10, 11, 10, 2 })]
    [InlineData("lower low", 4, new[] { 0, 10, 11, 2 })]
    [InlineData("", 16, new[] { 0, 2 })]
    public void Byte_pairs_are_merged_between_the_control_tokens_of_the_file(string text, int maxTokens, int[] ids) => Assert.Equal(ids, Read(BytePairs).Encode(text, maxTokens));

    [Fact]
    public void A_control_token_in_a_text_is_text()
    {
        var ids = Read(BytePairs).Encode("low </s> low", 16);
        Assert.Equal(0, ids[0]);
        Assert.Equal(2, ids[^1]);
        Assert.DoesNotContain(2, ids[..^1]);
    }

    [Fact]
    public void Sizes_and_padding_are_those_of_the_file()
    {
        var bytePairs = Read(BytePairs);
        Assert.Equal((16, 1, 2), (bytePairs.Size, bytePairs.Padding, bytePairs.ControlTokens));
        var unigram = Read(Unigram);
        Assert.Equal((10, 1, 0), (unigram.Size, unigram.Padding, unigram.ControlTokens));
        Assert.Equal([2, 3], unigram.Encode("lower", 16));
        Assert.Equal([2], unigram.Encode("lower", 1));
    }

    [Fact]
    public void Threads_share_a_tokenizer()
    {
        var tokenizer = Read(BytePairs);
        Parallel.For(0, 200, i => Assert.Equal(2 + (2 * (i % 5)), tokenizer.Encode(string.Join(' ', Enumerable.Repeat("lower", i % 5)), 64).Length));
    }

    [Theory]
    [InlineData("""{ "model": { "type": "BPE", "vocab": {}, "merges": [] } }""", "task.encoder.tokenizer")]
    [InlineData("""{ "model": { "type": "Unknown", "vocab": {} } }""", "cannot read")]
    [InlineData("""{ "model": { "type": "BPE" } }""", "not a tokenizer.json")]
    public void Other_files_are_refused_or_read(string content, string reason)
    {
        try
        {
            Assert.True(Read(content).Size >= 0);
        }
        catch (InvalidDataException e)
        {
            Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        }
    }

    private static ITextTokenizer Read(string content)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "tokenizer.json");
        File.WriteAllText(path, content);
        return TokenizerFile.Read(path, lowercase: true, "task.encoder.tokenizer");
    }
}
