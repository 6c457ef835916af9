namespace HnmStreams.Data.Wire.Values;

/// <summary>
/// The names that were last checked to be unique. Producers usually send the same names in the same order, and names are interned, so
/// that comparing references replaces the check.
/// </summary>
/// <remarks>Thread-safe: the names are replaced atomically.</remarks>
internal sealed class UniqueNames
{
    private string[] _names = [];

    /// <summary>Returns true if the names are those that were checked last. O(n).</summary>
    public bool AreKnown<T>(ReadOnlySpan<T> items, Func<T, string> name)
    {
        var known = _names;
        if (known.Length != items.Length)
            return false;
        for (var i = 0; i < known.Length; i++)
        {
            if (!ReferenceEquals(known[i], name(items[i])))
                return false;
        }

        return true;
    }

    /// <summary>Checks the names. Returns one that occurs twice; null if they are unique, and then known. O(n).</summary>
    public string? FindRepeated<T>(ReadOnlySpan<T> items, Func<T, string> name)
    {
        if (AreKnown(items, name))
            return null;
        var names = new string[items.Length];
        var seen = new HashSet<string>(items.Length, StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = name(items[i]);
            if (!seen.Add(names[i]))
                return names[i];
        }

        _names = names;
        return null;
    }
}
