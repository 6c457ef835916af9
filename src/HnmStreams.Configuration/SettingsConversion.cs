using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace HnmStreams.Configuration;

/// <summary>Text of a setting to its value, and in words what is allowed.</summary>
internal static class SettingsConversion
{
    public static bool TryConvert(Type type, string text, [NotNullWhen(true)] out object? value)
    {
        value = null;
        if (type == typeof(string))
            value = text;
        else if (type == typeof(TimeSpan))
            value = Duration.TryParse(text, out var duration) ? duration : null;
        else if (type.IsEnum)
            value = EnumNames(type).Contains(Camel(text.Trim()), StringComparer.OrdinalIgnoreCase) ? Enum.Parse(type, text.Trim(), ignoreCase: true) : null;
        else if (type == typeof(Uri))
            value = Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri) ? uri : null;
        else
            value = TryPrimitive(type, text.Trim());
        return value is not null;
    }

    /// <summary>What may stand at the key: from its attributes where they say it, else from its type.</summary>
    public static string Allowed(SettingsNode node)
    {
        var attributes = node.Property?.GetCustomAttributes(inherit: true) ?? [];
        if (attributes.OfType<AllowedValuesAttribute>().FirstOrDefault() is { } values)
            return OneOf(values.Values.Select(v => v?.ToString() ?? "null"));
        if (attributes.OfType<RangeAttribute>().FirstOrDefault() is { } range)
            return DescribeRange(node.ValueType, range);
        if (attributes.OfType<RegularExpressionAttribute>().FirstOrDefault() is { } pattern)
            return $"text that matches {pattern.Pattern}";
        return DescribeType(node.ValueType);
    }

    private static object? TryPrimitive(Type type, string text)
    {
        // Enforces that 1e3 is no whole number and that 3,5 is no 35.
        var converter = TypeDescriptor.GetConverter(type);
        if (type == typeof(bool))
            return bool.TryParse(text, out var flag) ? flag : null;
        if (text.Contains(',', StringComparison.Ordinal) || (type != typeof(string) && text.StartsWith('#')))
            return null;
        try
        {
            return converter.ConvertFromInvariantString(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException)
        {
            return null;
        }
    }

    private static string DescribeRange(Type type, RangeAttribute range)
    {
        var (from, to) = (Bound(type, range.Minimum), Bound(type, range.Maximum));
        var unbounded = range.Maximum is double and >= long.MaxValue or int.MaxValue;
        var words = range switch
        {
            { MinimumIsExclusive: true } when unbounded => $"more than {from}",
            _ when unbounded => $"{from} or more",
            { MinimumIsExclusive: true, MaximumIsExclusive: true } => $"more than {from} and less than {to}",
            { MinimumIsExclusive: true } => $"more than {from}, up to {to}",
            { MaximumIsExclusive: true } => $"{from} up to, and less than, {to}",
            _ => $"{from} to {to}",
        };
        return type == typeof(TimeSpan) ? $"a duration, {words}" : $"{DescribeType(type)}, {words}";
    }

    private static string Bound(Type type, object bound)
    {
        var text = Convert.ToString(bound, CultureInfo.InvariantCulture) ?? "";
        return type == typeof(TimeSpan) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) ? Duration.Format(duration) : text;
    }

    private static string DescribeType(Type type)
    {
        if (type == typeof(bool))
            return "true or false";
        if (type == typeof(TimeSpan))
            return Duration.Allowed;
        if (type == typeof(string))
            return "text";
        if (type == typeof(Uri))
            return "an absolute URL";
        if (type.IsEnum)
            return OneOf(EnumNames(type));
        return type == typeof(float) || type == typeof(double) || type == typeof(decimal) ? "a number" : "a whole number";
    }

    private static IEnumerable<string> EnumNames(Type type) => Enum.GetNames(type).Select(Camel);

    private static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    private static string OneOf(IEnumerable<string> names) => "one of " + string.Join(", ", names);
}
