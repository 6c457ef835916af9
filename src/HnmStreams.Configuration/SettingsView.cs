using HnmStreams.Configuration.Binding;
using HnmStreams.Configuration.Sections;

namespace HnmStreams.Configuration;

/// <summary>A setting as it may be printed.</summary>
/// <param name="Value">The value in effect, with secrets hidden; null if it is not set.</param>
/// <param name="Origin">The layer that has set it.</param>
public sealed record ShownSetting(string Path, string? Value, string Origin);

/// <summary>A setting that differs from its built-in default, as it may be printed.</summary>
/// <param name="Value">The value in effect, with secrets hidden; null if it is not set.</param>
/// <param name="Default">The built-in default; null if it has none.</param>
public sealed record ChangedSetting(string Path, string? Value, string? Default);

/// <summary>The settings as they may be printed: every key with its value in effect and its origin, secrets hidden.</summary>
public static class SettingsView
{
    /// <summary>Returns one line per setting.</summary>
    public static IEnumerable<string> Lines(LoadedSettings settings) =>
        Entries(settings).Select(entry => $"{entry.Path} = {entry.Value ?? "not set"}  ({entry.Origin})");

    /// <summary>Returns every setting in the order of declaration; maps give one entry per key.</summary>
    public static IEnumerable<ShownSetting> Entries(LoadedSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var origins = settings.Given.ToDictionary(g => g.Path, g => g.Origin, StringComparer.OrdinalIgnoreCase);
        return Entries(SettingsNode.Root(typeof(HnmOptions)), settings.Options, origins);
    }

    /// <summary>Returns the settings whose values differ from the built-in defaults, in the order of declaration.</summary>
    public static IEnumerable<ChangedSetting> Changed(HnmOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (root, none) = (SettingsNode.Root(typeof(HnmOptions)), new Dictionary<string, string>(StringComparer.Ordinal));
        var defaults = Entries(root, new HnmOptions(), none).ToDictionary(entry => entry.Path, entry => entry.Value, StringComparer.Ordinal);
        return Entries(root, options, none)
            .Where(entry => !string.Equals(entry.Value, defaults.GetValueOrDefault(entry.Path), StringComparison.Ordinal))
            .Select(entry => new ChangedSetting(entry.Path, entry.Value, defaults.GetValueOrDefault(entry.Path)));
    }

    private static IEnumerable<ShownSetting> Entries(SettingsNode node, object? owner, Dictionary<string, string> origins)
    {
        if (owner is null)
            yield break;
        foreach (var child in node.Children.Values)
        {
            var value = child.Property!.GetValue(owner);
            if (child.Kind == SettingsNodeKind.Section)
            {
                foreach (var entry in Entries(child, value, origins))
                    yield return entry;
            }
            else if (child.Kind == SettingsNodeKind.Map)
            {
                foreach (var (key, text) in (IDictionary<string, string>)value!)
                    yield return Entry($"{child.Path}.{key}", text, origins);
            }
            else
            {
                var text = SettingText.Of(value);
                yield return Entry(child.Path, child.Kind == SettingsNodeKind.List && text is not null ? $"[{text}]" : text, origins);
            }
        }
    }

    private static ShownSetting Entry(string path, string? value, Dictionary<string, string> origins) =>
        new(path, Redaction.Show(path, value), origins.GetValueOrDefault(path, SettingsLayers.Defaults));
}
