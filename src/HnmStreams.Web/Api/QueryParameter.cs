using System.Globalization;
using System.Text.Json;
using HnmStreams.Torch.Export;

namespace HnmStreams.Web.Api;

/// <summary>An invalid query parameter, answered with status 400.</summary>
internal sealed class InvalidQueryParameterException(string message) : ArgumentException(message);

/// <summary>Parsing of query parameters with messages for the caller of the API. Model binding would answer with an empty body or name .NET types.</summary>
internal static class QueryParameter
{
    /// <summary>Parses a whole number.</summary>
    /// <param name="text">The parameter's text; null if the request does not have it.</param>
    /// <exception cref="InvalidQueryParameterException">The text is not a whole number from <paramref name="minimum"/> to <paramref name="maximum"/>.</exception>
    public static int WholeNumber(string name, string? text, int fallback, int minimum, int maximum)
    {
        if (text is null)
            return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : throw new InvalidQueryParameterException($"'{name}' must be a whole number from {minimum} to {maximum} but is '{text}'.");
    }

    /// <summary>Parses the number of a model version.</summary>
    public static long Version(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        ? version
        : throw new InvalidQueryParameterException($"The version must be a whole number but is '{text}'.");

    /// <summary>Parses the format of a table: JSON, the default, or CSV.</summary>
    /// <returns>True for CSV.</returns>
    public static bool IsCsv(string? text) => text switch
    {
        null or "json" => false,
        "csv" => true,
        _ => throw new InvalidQueryParameterException($"'format' must be json or csv but is '{text}'."),
    };

    /// <summary>Parses one of several words; the first one if the request does not have it.</summary>
    public static string OneOf(string name, string? text, params ReadOnlySpan<string> allowed)
    {
        if (text is null)
            return allowed[0];
        foreach (var word in allowed)
        {
            if (string.Equals(word, text, StringComparison.Ordinal))
                return word;
        }

        throw new InvalidQueryParameterException($"'{name}' must be one of {string.Join(", ", allowed)} but is '{text}'.");
    }

    /// <summary>Parses the format of a model; safetensors if the request does not have it.</summary>
    public static string ModelFormat(string? text) => text is null ? ModelExport.Safetensors
        : ModelExport.Formats.Contains(text, StringComparer.Ordinal) ? text
        : throw new InvalidQueryParameterException($"'format' must be one of {string.Join(", ", ModelExport.Formats)} but is '{text}'.");

    /// <summary>Parses the id of an event; null if the request does not have it.</summary>
    public static long? EventId(string? text) => text is null ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id
        : throw new InvalidQueryParameterException($"'before' must be the id of an event but is '{text}'.");

    /// <summary>Parses the name of a value in camel case, as the API writes it; null if the request does not have it.</summary>
    public static T? Name<T>(string name, string? text)
        where T : struct, Enum
    {
        if (text is null)
            return null;
        var names = Enum.GetNames<T>();
        var found = Array.FindIndex(names, n => string.Equals(JsonNamingPolicy.CamelCase.ConvertName(n), text, StringComparison.Ordinal));
        return found >= 0
            ? Enum.GetValues<T>()[found]
            : throw new InvalidQueryParameterException($"'{name}' must be one of {string.Join(", ", names.Select(JsonNamingPolicy.CamelCase.ConvertName))} but is '{text}'.");
    }

    /// <summary>Parses the index of a region in its example; 0, the whole example, if the request does not have it.</summary>
    public static int Region(string? text) => WholeNumber("region", text, 0, 0, int.MaxValue);
}
