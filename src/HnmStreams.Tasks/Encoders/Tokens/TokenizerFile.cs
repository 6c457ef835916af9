using System.Text.Json;

namespace HnmStreams.Tasks.Encoders.Tokens;

/// <summary>The reading of the tokenizer that a setting names: WordPiece by the project's own reader, other models by Hugging Face's library.</summary>
internal static class TokenizerFile
{
    /// <summary>Reads the file.</summary>
    /// <param name="lowercase">True to lower-case texts and to remove accents, unless the file decides.</param>
    /// <param name="key">The key of the setting.</param>
    /// <exception cref="InvalidDataException">The file is missing or is not a supported tokenizer. The message has key, value and reason.</exception>
    public static ITextTokenizer Read(string path, bool lowercase, string key)
    {
        try
        {
            var content = VocabularyFile.Bytes(path);
            return OfAnotherModel(path, content) is { } other ? other : new WordPieces(VocabularyFile.Of(content), lowercase);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"'{key}' is '{path}': {e.Message}", e);
        }
    }

    private static HuggingFaceTokenizer? OfAnotherModel(string path, byte[] content)
    {
        if (!VocabularyFile.IsJson(content))
            return null;
        try
        {
            // JSON has no byte-order mark.
            using var document = JsonDocument.Parse(content.AsMemory(content.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0));
            var root = document.RootElement;
            return root.TryGetProperty("model", out var model) && model.ValueKind == JsonValueKind.Object && model.TryGetProperty("type", out var type) && type.GetString() is not (null or "WordPiece")
                ? new HuggingFaceTokenizer(path, root)
                : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"The file is not a tokenizer.json: {e.Message}", e);
        }
    }
}
