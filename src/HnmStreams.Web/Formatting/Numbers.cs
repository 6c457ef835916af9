using System.Globalization;
using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Web.Formatting;

/// <summary>Numbers as people read them; a dash for what is not defined.</summary>
internal static class Numbers
{
    public const string None = "-";

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Rate(double perSecond) => perSecond.ToString(perSecond < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture);

    public static string Metric(double? value) => value is { } v && double.IsFinite(v) ? v.ToString("0.000", CultureInfo.InvariantCulture) : None;

    /// <summary>A difference with its interval: +0.034 [0.011, 0.057].</summary>
    public static string Uplift(Uplift? uplift) => uplift is null
        ? None
        : string.Create(CultureInfo.InvariantCulture, $"{uplift.Mean:+0.000;-0.000} [{uplift.Low:0.000}, {uplift.High:0.000}]");

    /// <summary>Compute seconds: 12.3 s.</summary>
    public static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");

    public static string Small(double value) => double.IsFinite(value) ? value.ToString("0.0000", CultureInfo.InvariantCulture) : None;

    public static string Bytes(long bytes) => bytes switch
    {
        < 1 << 10 => $"{bytes} B",
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.00} GiB"),
    };

    public static string Clock(TimeSpan elapsed) => elapsed.ToString(elapsed.TotalDays >= 1 ? @"d\.hh\:mm\:ss" : @"hh\:mm\:ss", CultureInfo.InvariantCulture);
}
