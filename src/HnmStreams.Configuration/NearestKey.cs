using HnmStreams.Data.Options;

namespace HnmStreams.Configuration;

/// <summary>What an unknown key was probably meant to be.</summary>
internal static class NearestKey
{
    /// <summary>
    /// The child of <paramref name="section"/> whose name is nearest (Levenshtein), or the one key of that very name
    /// elsewhere in the settings; null where nothing is near. O(keys x length^2).
    /// </summary>
    public static string? Find(SettingsNode root, SettingsNode section, string name)
    {
        if (NearestName.Find(section.Children.Keys, name) is { } nearest)
            return section.Children[nearest].Path;
        var elsewhere = root.Descendants().Where(n => n.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        return elsewhere.Count == 1 ? elsewhere[0].Path : null;
    }
}
