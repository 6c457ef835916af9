using HnmStreams.Configuration.Sections;

namespace HnmStreams.Configuration;

/// <summary>The settings as they may be shown: every key with its value in effect and where it came from, secrets hidden.</summary>
public static class SettingsView
{
    public static IEnumerable<string> Lines(LoadedSettings settings)
    {
        var origins = settings.Given.ToDictionary(g => g.Path, g => g.Origin, StringComparer.OrdinalIgnoreCase);
        return Lines(SettingsNode.Root(typeof(HnmOptions)), settings.Options, origins);
    }

    private static IEnumerable<string> Lines(SettingsNode node, object? owner, Dictionary<string, string> origins)
    {
        if (owner is null)
            yield break;
        foreach (var child in node.Children.Values)
        {
            var value = child.Property!.GetValue(owner);
            if (child.Kind == SettingsNodeKind.Section)
            {
                foreach (var line in Lines(child, value, origins))
                    yield return line;
            }
            else if (child.Kind == SettingsNodeKind.Map)
            {
                foreach (var (key, text) in (IDictionary<string, string>)value!)
                    yield return Line($"{child.Path}.{key}", text, origins);
            }
            else
            {
                yield return Line(child.Path, Text(value), origins);
            }
        }
    }

    private static string Line(string path, string? value, Dictionary<string, string> origins) =>
        $"{path} = {Redaction.Show(path, value)}  ({origins.GetValueOrDefault(path, SettingsLayers.Defaults)})";

    private static string? Text(object? value) => value switch
    {
        null => "null",
        TimeSpan duration => Duration.Format(duration),
        string text => text,
        bool or Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString()!),
        System.Collections.IEnumerable list => "[" + string.Join(", ", list.Cast<object>()) + "]",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
