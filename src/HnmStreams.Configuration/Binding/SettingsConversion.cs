using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace HnmStreams.Configuration.Binding;

/// <summary>The conversion of a setting's text to its value, and the description of the allowed values.</summary>
internal static class SettingsConversion
{
    /// <summary>Converts the text of a setting; returns false if the type does not accept it.</summary>
    public static bool TryConvert(Type type, string text, [NotNullWhen(true)] out object? value)
    {
        value = null;
        if (type == typeof(string))
            value = text;
        else if (type == typeof(char))
            value = text.Length == 1 ? text[0] : text.Trim() is [var single] ? single : null;
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

    /// <summary>Describes the allowed values from the validation attributes, or from the type if there are none. Completes the sentence "must be …".</summary>
    public static string Allowed(SettingsNode node)
    {
        var attributes = node.Property?.GetCustomAttributes(inherit: true) ?? [];
        if (attributes.OfType<AllowedValuesAttribute>().FirstOrDefault() is { } values)
            return OneOf(values.Values.Select(v => v?.ToString() ?? "null"));
        if (attributes.OfType<RangeAttribute>().FirstOrDefault() is { } range)
            return DescribeRange(node.ValueType, range);
        if (attributes.OfType<RegularExpressionAttribute>().FirstOrDefault() is { } pattern)
            return $"text that matches {pattern.Pattern}";
        if (attributes.OfType<MinLengthAttribute>().FirstOrDefault() is { } length)
            return node.Kind == SettingsNodeKind.List ? $"{DescribeType(node.ValueType)}, with at least {length.Length} in the list" : $"text of at least {length.Length} characters";
        return DescribeType(node.ValueType);
    }

    private static object? TryPrimitive(Type type, string text)
    {
        // The converter rejects 1e3 as a whole number. Commas are rejected here, since it would read 3,5 as 35.
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

    /// <summary>True if the upper bound only repeats the largest value of the type.</summary>
    public static bool IsUnbounded(RangeAttribute range) => range.Maximum is double and >= long.MaxValue or int.MaxValue;

    private static string DescribeRange(Type type, RangeAttribute range)
    {
        var (from, to) = (Bound(type, range.Minimum), Bound(type, range.Maximum));
        var words = range switch
        {
            { MinimumIsExclusive: true } when IsUnbounded(range) => $"above {from}",
            _ when IsUnbounded(range) => $"of at least {from}",
            { MinimumIsExclusive: true, MaximumIsExclusive: true } => $"above {from} and below {to}",
            { MinimumIsExclusive: true } => $"above {from} and at most {to}",
            { MaximumIsExclusive: true } => $"of at least {from} and below {to}",
            _ => $"from {from} to {to}",
        };
        return type == typeof(TimeSpan) ? $"a duration {words}, for example 10s" : $"{DescribeType(type)} {words}";
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
