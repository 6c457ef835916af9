using System.Text;
using System.Text.Json;
using HnmStreams.Data.Files;

namespace HnmStreams.Tasks.Encoders.Tokens;

/// <summary>The vocabulary of a WordPiece tokenizer, read from a <c>vocab.txt</c> (one token per line) or a <c>tokenizer.json</c> of Hugging Face's tokenizers.</summary>
/// <param name="Tokens">The tokens in the order of their ids.</param>
/// <param name="Lowercase">True if the file says that texts are lower-cased, false if it says that they are not; null if it says nothing.</param>
internal sealed record VocabularyFile(IReadOnlyList<string> Tokens, bool? Lowercase)
{
    private const int MaxBytes = 64 << 20;
    private const int MaxTokens = 1 << 20;

    /// <exception cref="InvalidDataException">The file does not exist or is not a WordPiece vocabulary.</exception>
    public static VocabularyFile Read(string path) => Of(Bytes(path));

    /// <summary>Reads a file after a check of its size.</summary>
    /// <exception cref="InvalidDataException">The file does not exist or is too large.</exception>
    public static byte[] Bytes(string path)
    {
        if (!File.Exists(path))
            throw new InvalidDataException("There is no such file. A BERT-style encoder has a vocab.txt or a tokenizer.json beside its weights.");
        var file = new FileInfo(RegularFile.Required(path));
        return file.Length <= MaxBytes ? File.ReadAllBytes(path) : throw new InvalidDataException($"The file must have at most {MaxBytes} bytes but has {file.Length}.");
    }

    /// <summary>Returns true if the content is a <c>tokenizer.json</c>.</summary>
    public static bool IsJson(ReadOnlySpan<byte> content) => content.TrimStart("\uFEFF \t\r\n"u8).StartsWith("{"u8);

    /// <summary>Reads the content of a file.</summary>
    /// <exception cref="InvalidDataException">It is not a WordPiece vocabulary.</exception>
    public static VocabularyFile Of(byte[] content)
    {
        var vocabulary = IsJson(content) ? OfJson(content) : OfLines(content);
        return vocabulary.Tokens.Count is > 0 and <= MaxTokens
            ? vocabulary
            : throw new InvalidDataException($"The vocabulary must have 1 to {MaxTokens} tokens but has {vocabulary.Tokens.Count}.");
    }

    private static VocabularyFile OfLines(byte[] bytes)
    {
        var tokens = Encoding.UTF8.GetString(bytes).Split('\n').Select(static line => line.TrimEnd('\r')).ToList();
        if (tokens.Count > 0 && tokens[^1].Length == 0)
            tokens.RemoveAt(tokens.Count - 1);
        return new VocabularyFile(tokens, null);
    }

    private static VocabularyFile OfJson(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            var model = root.GetProperty("model");
            var type = model.TryGetProperty("type", out var named) ? named.GetString() : null;
            if (type is not null and not "WordPiece")
                throw new InvalidDataException($"The tokenizer's model.type must be WordPiece but is {type}. Export the encoder's vocab.txt, or use an encoder with a WordPiece tokenizer.");
            if (model.TryGetProperty("continuing_subword_prefix", out var prefix) && !string.Equals(prefix.GetString(), "##", StringComparison.Ordinal))
                throw new InvalidDataException($"The tokenizer's continuing_subword_prefix must be '##' but is '{prefix.GetString()}'.");
            var ids = model.GetProperty("vocab").EnumerateObject().ToDictionary(static entry => entry.Value.GetInt32(), static entry => entry.Name);
            for (var id = 0; id < ids.Count; id++)
            {
                if (!ids.ContainsKey(id))
                    throw new InvalidDataException($"The vocabulary's ids must be 0 to {ids.Count - 1}, but no token has the id {id}.");
            }

            bool? lowercase = root.TryGetProperty("normalizer", out var normalizer) && normalizer.ValueKind == JsonValueKind.Object
                && normalizer.TryGetProperty("lowercase", out var lower) && lower.ValueKind is JsonValueKind.True or JsonValueKind.False ? lower.GetBoolean() : null;
            return new VocabularyFile([.. ids.OrderBy(static entry => entry.Key).Select(static entry => entry.Value)], lowercase);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"The file is not a tokenizer.json with a WordPiece vocabulary: {e.Message}", e);
        }
    }
}
