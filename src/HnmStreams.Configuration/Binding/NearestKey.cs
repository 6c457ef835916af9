using HnmStreams.Data.Options;

namespace HnmStreams.Configuration.Binding;

/// <summary>The known key that an unknown key most likely stands for.</summary>
internal static class NearestKey
{
    /// <summary>
    /// Returns the child of <paramref name="section"/> with the nearest name (Levenshtein distance), or the only key of
    /// exactly that name in another section, or null if no name is near. O(keys x length^2).
    /// </summary>
    public static string? Find(SettingsNode root, SettingsNode section, string name)
    {
        if (NearestName.Find(section.Children.Keys, name) is { } nearest)
            return section.Children[nearest].Path;
        var elsewhere = root.Descendants().Where(n => n.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
        return elsewhere.Count == 1 ? elsewhere[0].Path : null;
    }
}
