using System.Globalization;
using System.Text;

namespace HnmStreams.Web.Formatting;

/// <summary>Tables as comma-separated values (RFC 4180). Pure.</summary>
internal static class CsvText
{
    /// <summary>The media type.</summary>
    public const string ContentType = "text/csv; charset=utf-8; header=present";

    /// <summary>Returns the header and one line per row. Undefined numbers are empty.</summary>
    public static string Of(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<object?>> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows.Prepend(header))
            text.AppendJoin(',', row.Select(Field)).Append("\r\n");
        return text.ToString();
    }

    private static string Field(object? value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        // Spreadsheets run a text that begins like a formula. Ids and texts come from producers, numbers do not.
        if (value is string && text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..])
            text = $"'{text}";
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
