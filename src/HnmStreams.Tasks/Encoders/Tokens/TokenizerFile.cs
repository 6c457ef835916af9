namespace HnmStreams.Tasks.Encoders.Tokens;

/// <summary>The reading of the tokenizer that a setting names.</summary>
internal static class TokenizerFile
{
    /// <summary>Reads the file.</summary>
    /// <param name="lowercase">True to lower-case texts and to remove accents, unless the file decides.</param>
    /// <param name="key">The key of the setting.</param>
    /// <exception cref="InvalidDataException">The file is missing or is not a supported tokenizer. The message has key, value and reason.</exception>
    public static WordPieces Read(string path, bool lowercase, string key)
    {
        try
        {
            return new WordPieces(VocabularyFile.Read(path), lowercase);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"'{key}' is '{path}': {e.Message}", e);
        }
    }
}
