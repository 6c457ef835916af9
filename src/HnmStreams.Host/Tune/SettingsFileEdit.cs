using System.Globalization;
using System.Text;
using System.Text.Json;

namespace HnmStreams.Host.Tune;

/// <summary>Changes of a settings file that keep the rest of its text: comments, order and format. Pure.</summary>
internal static class SettingsFileEdit
{
    private static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Returns the text with a setting replaced or added, below a comment.</summary>
    /// <param name="json">A JSON object; comments and trailing commas are allowed.</param>
    /// <param name="key">The dotted key. Names are compared without regard to case, as in all settings.</param>
    /// <param name="value">The value: a number or a text.</param>
    /// <param name="comment">The lines of the comment; empty for none.</param>
    public static string Set(string json, string key, string value, IReadOnlyList<string> comment)
    {
        var literal = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? value : JsonSerializer.Serialize(value);
        var names = key.Split('.');
        var utf8 = Encoding.UTF8.GetBytes(json);
        var place = Find(utf8, names);
        var (before, after) = (Encoding.UTF8.GetString(utf8, 0, place.Start), Encoding.UTF8.GetString(utf8, place.End, utf8.Length - place.End));
        if (place.IsValue)
            return Commented(before, place.Property, comment) + literal + after;
        // Nested objects for the names that the file does not have yet.
        var missing = names[place.Depth..];
        var indent = new string(' ', 2 * (place.Depth + 1));
        var lines = comment.Select(line => $"{indent}// {line}\n");
        var content = string.Concat(missing.SkipLast(1).Select(name => $"{JsonSerializer.Serialize(name)}: {{ ")) + $"{JsonSerializer.Serialize(missing[^1])}: {literal}" + string.Concat(missing.SkipLast(1).Select(_ => " }"));
        var added = before + "\n" + string.Concat(lines) + indent + content;
        if (place.IsEmpty)
            return $"{added}\n{indent[2..]}{after.TrimStart()}";
        var lineEnd = after.IndexOf('\n', StringComparison.Ordinal);
        return lineEnd >= 0 && string.IsNullOrWhiteSpace(after[..lineEnd]) ? $"{added},{after}" : $"{added},\n{indent}{after.TrimStart(' ')}";
    }

    // A comment goes above the property. If something precedes the property on its line, the line is broken.
    private static string Commented(string before, int property, IReadOnlyList<string> comment)
    {
        if (comment.Count == 0)
            return before;
        var bytes = Encoding.UTF8.GetBytes(before);
        var (head, name) = (Encoding.UTF8.GetString(bytes, 0, property), Encoding.UTF8.GetString(bytes, property, bytes.Length - property));
        var line = head[(head.LastIndexOf('\n') + 1)..];
        var indent = new string(' ', line.Length - line.TrimStart(' ').Length);
        var isFirst = string.IsNullOrWhiteSpace(line);
        if (!isFirst)
            indent += "  ";
        return (isFirst ? head[..^line.Length] : head.TrimEnd(' ') + "\n") + string.Concat(comment.Select(text => $"{indent}// {text}\n")) + indent + name;
    }

    private static Place Find(byte[] utf8, string[] names)
    {
        var reader = new Utf8JsonReader(utf8, Lenient);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new ArgumentException("The settings must be a JSON object.", nameof(utf8));
        return FindIn(ref reader, names, 0);
    }

    // The reader is at the start of the object at this depth.
    private static Place FindIn(ref Utf8JsonReader reader, string[] names, int depth)
    {
        var start = (int)reader.BytesConsumed;
        var isEmpty = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            var isNamed = string.Equals(reader.GetString(), names[depth], StringComparison.OrdinalIgnoreCase);
            var property = (int)reader.TokenStartIndex;
            reader.Read();
            if (!isNamed)
            {
                reader.Skip();
            }
            else if (depth + 1 < names.Length && reader.TokenType == JsonTokenType.StartObject)
            {
                return FindIn(ref reader, names, depth + 1);
            }
            else
            {
                var from = (int)reader.TokenStartIndex;
                reader.Skip();
                return new(from, (int)reader.BytesConsumed, depth, IsValue: true, IsEmpty: false, property);
            }
        }

        return new(start, start, depth, IsValue: false, isEmpty, 0);
    }

    /// <param name="Start">The first byte of the value, or the place behind the opening brace of the deepest object that exists.</param>
    /// <param name="Depth">The number of names that lead to this object.</param>
    /// <param name="Property">The first byte of the value's name.</param>
    private readonly record struct Place(int Start, int End, int Depth, bool IsValue, bool IsEmpty, int Property);
}
