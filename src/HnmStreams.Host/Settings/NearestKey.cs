namespace HnmStreams.Host.Settings;

/// <summary>What an unknown key was probably meant to be.</summary>
internal static class NearestKey
{
    /// <summary>
    /// The child of <paramref name="section"/> whose name is nearest (Levenshtein), or the one key of that very name
    /// elsewhere in the settings; null where nothing is near. O(keys x length^2).
    /// </summary>
    public static string? Find(SettingsNode root, SettingsNode section, string name)
    {
        var nearest = section.Children
            .Select(c => (c.Value.Path, Distance: Distance(c.Key.ToUpperInvariant(), name.ToUpperInvariant())))
            .OrderBy(c => c.Distance)
            .FirstOrDefault((Path: "", Distance: int.MaxValue));
        if (nearest.Distance <= (name.Length <= 3 ? 1 : Math.Max(2, name.Length / 3)))
            return nearest.Path;
        var elsewhere = root.Descendants().Where(n => n.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        return elsewhere.Count == 1 ? elsewhere[0].Path : null;
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
