namespace HnmStreams.Data.Options;

/// <summary>Suggestions for misspelled names.</summary>
public static class NearestName
{
    /// <summary>Returns the nearest of the names by Levenshtein distance, ignoring case, or null if none is near. O(names x length^2).</summary>
    public static string? Find(IEnumerable<string> names, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var nearest = names
            .Select(n => (Name: n, Distance: Distance(n.ToUpperInvariant(), name.ToUpperInvariant())))
            .OrderBy(static n => n.Distance)
            .FirstOrDefault((Name: "", Distance: int.MaxValue));
        return nearest.Distance <= (name.Length <= 3 ? 1 : Math.Max(2, name.Length / 3)) ? nearest.Name : null;
    }

    /// <summary>Formats a suggestion and the list of valid names for an error message.</summary>
    internal static string Advice(IReadOnlyCollection<string> names, string name)
    {
        const int MaxListedNames = 40;
        var listed = string.Join(", ", names.Take(MaxListedNames)) + (names.Count > MaxListedNames ? $" and {names.Count - MaxListedNames} more" : "");
        return (Find(names, name) is { } meant ? $"did you mean {meant}? " : "") + $"Available: {listed}";
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
