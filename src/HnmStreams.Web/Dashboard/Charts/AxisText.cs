using System.Globalization;

namespace HnmStreams.Web.Dashboard.Charts;

/// <summary>Formatting of numbers on axes and labels. Pure.</summary>
internal static class AxisText
{
    /// <summary>Formats a time of day as 14:05:30.</summary>
    public static string Clock(object value) => Convert.ToDateTime(value, CultureInfo.InvariantCulture).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Formats seconds since the start of the run as 0:01:04.</summary>
    public static string Elapsed(double seconds) => TimeSpan.FromSeconds(seconds).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture);

    /// <summary>Formats 1500 as 1.5k.</summary>
    public static string Short(object value)
    {
        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return Math.Abs(number) switch
        {
            >= 1e6 => (number / 1e6).ToString("0.#M", CultureInfo.InvariantCulture),
            >= 1e3 => (number / 1e3).ToString("0.#k", CultureInfo.InvariantCulture),
            _ => number.ToString("0.####", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Formats 0.25 as .25, because the chart clips longer labels.</summary>
    public static string Share(object value)
    {
        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return number.ToString(number is > 0 and < 1 ? ".##" : "0.##", CultureInfo.InvariantCulture);
    }

    /// <summary>Formats three significant digits.</summary>
    public static string Digits(double? number) => number is { } value && double.IsFinite(value) ? value.ToString("G3", CultureInfo.InvariantCulture) : "-";
}
