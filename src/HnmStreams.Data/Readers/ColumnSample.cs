using System.Globalization;

namespace HnmStreams.Data.Readers;

/// <summary>
/// Counts of the kinds of values in one column or field of a sample. They do not depend on the order of the rows, so neither do
/// the decisions that are made from them.
/// </summary>
internal sealed class ColumnSample(string name, MissingWords missing, char separator)
{
    /// <summary>The maximum number of values in a sample, over all columns. The sample is the beginning of the file; one row at least.</summary>
    public const int MaxValues = 2_000_000;

    private readonly NumberFormatInfo _format = NumberParser.FormatOf(separator);
    private readonly NumberFormatInfo _otherFormat = NumberParser.FormatOf(OtherSeparator(separator));
    private string? _firstOther;

    public string Name { get; } = name;

    public long Missing { get; private set; }

    public long Numbers { get; private set; }

    /// <summary>The number of values that are neither missing nor a number.</summary>
    public long Words { get; private set; }

    /// <summary>The number of numbers that are too large for a float.</summary>
    public long LargeNumbers { get; private set; }

    /// <summary>
    /// The first number with the other decimal separator, if every value that is present is a number with the one or the other
    /// separator; else null.
    /// </summary>
    public string? NumberWithOtherSeparator => OtherNumbers > 0 && OtherNumbers == Words ? _firstOther : null;

    private long OtherNumbers { get; set; }

    public static char OtherSeparator(char separator) => separator == ',' ? '.' : ',';

    public void Add(ReadOnlySpan<char> value)
    {
        if (missing.Contains(value))
        {
            Missing++;
        }
        else if (NumberParser.TryParseFinite(value, _format, out double number))
        {
            Numbers++;
            LargeNumbers += float.IsFinite((float)number) ? 0 : 1;
        }
        else
        {
            Words++;
            if (!NumberParser.TryParseFinite(value, _otherFormat, out double _))
                return;
            OtherNumbers++;
            _firstOther ??= value.ToString();
        }
    }
}
