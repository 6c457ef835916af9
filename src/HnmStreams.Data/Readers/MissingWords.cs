namespace HnmStreams.Data.Readers;

/// <summary>The spellings of a missing value. A blank value is always missing. Case and surrounding blanks are ignored. Thread-safe.</summary>
internal sealed class MissingWords
{
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _words;
    private readonly int _maxLength;

    public MissingWords(IReadOnlyCollection<string> words)
    {
        _words = words.Select(static w => w.Trim()).ToHashSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
        _maxLength = words.Count == 0 ? 0 : words.Max(static w => w.Length);
    }

    public bool Contains(ReadOnlySpan<char> value)
    {
        value = value.Trim();
        return value.IsEmpty || (value.Length <= _maxLength && _words.Contains(value));
    }
}
