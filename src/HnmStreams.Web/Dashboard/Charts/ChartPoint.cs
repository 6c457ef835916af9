using System.Globalization;

namespace HnmStreams.Web.Dashboard.Charts;

/// <summary>A point of a curve.</summary>
internal sealed record ChartPoint(double X, double Y);

/// <summary>A stretch of a band.</summary>
internal sealed record BandPoint(double X, double Low, double High);

/// <summary>Numbers on axes.</summary>
internal static class AxisText
{
    /// <summary>Seconds as 1:05, or as 2:03:00 above an hour.</summary>
    public static string Clock(object value)
    {
        var elapsed = TimeSpan.FromSeconds(Convert.ToDouble(value, CultureInfo.InvariantCulture));
        return elapsed.ToString(elapsed.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);
    }

    /// <summary>1500 as 1.5k.</summary>
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

    /// <summary>0.25 as .25: a chart cuts off what is longer.</summary>
    public static string Share(object value)
    {
        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return number.ToString(number is > 0 and < 1 ? ".##" : "0.##", CultureInfo.InvariantCulture);
    }

    /// <summary>Three significant digits, whatever the size.</summary>
    public static string Digits(double? number) => number is { } value && double.IsFinite(value) ? value.ToString("G3", CultureInfo.InvariantCulture) : "-";
}
