using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace HnmStreams.Configuration;

/// <summary>The text of a setting's value, as a user writes it in a file or on the command line.</summary>
internal static class SettingText
{
    /// <summary>Formats a value; returns null for a value that is not set and an empty string for an empty map or list.</summary>
    public static string? Of(object? value) => value switch
    {
        null => null,
        TimeSpan duration => Duration.Format(duration),
        string text => text,
        bool or Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()!),
        IDictionary<string, string> map => string.Join(", ", map.Select(entry => $"{entry.Key}: {entry.Value}")),
        IEnumerable list => string.Join(", ", list.Cast<object>().Select(Of)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
