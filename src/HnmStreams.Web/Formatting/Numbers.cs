using System.Globalization;
using HnmStreams.Evaluation.Comparing;

namespace HnmStreams.Web.Formatting;

/// <summary>Numbers formatted for people, in the invariant culture. Undefined numbers are a dash.</summary>
internal static class Numbers
{
    public const string None = "-";

    /// <summary>Formats a count with thousands separators: 12,345.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Formats a rate per second, with one decimal if it is below 10.</summary>
    public static string Rate(double perSecond) => perSecond.ToString(perSecond < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture);

    /// <summary>Formats a metric: 0.912.</summary>
    public static string Metric(double? value) => value is { } v && double.IsFinite(v) ? v.ToString("0.000", CultureInfo.InvariantCulture) : None;

    /// <summary>Formats a difference with its sign: +0.034. A difference that rounds to zero is 0.000, without a sign.</summary>
    public static string Signed(double value) => Math.Abs(value) < 0.0005 ? "0.000" : value.ToString("+0.000;-0.000", CultureInfo.InvariantCulture);

    /// <summary>
    /// Formats a difference with its interval: +0.034 [+0.011, +0.057]. Before mining begins the models are identical, and an interval
    /// of [0, 0] would read as certainty.
    /// </summary>
    public static string Uplift(Uplift? uplift) => uplift is null ? None : IsIdentical(uplift) ? "identical so far" : $"{Signed(uplift.Mean)} [{Signed(uplift.Low)}, {Signed(uplift.High)}]";

    /// <summary>Returns true if both models still give the same result on all examples.</summary>
    public static bool IsIdentical(Uplift uplift) => uplift is { Mean: 0, Low: 0, High: 0 };

    /// <summary>Formats compute seconds: 12.3 s.</summary>
    public static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");

    /// <summary>Formats a number with four decimals.</summary>
    public static string Small(double value) => double.IsFinite(value) ? value.ToString("0.0000", CultureInfo.InvariantCulture) : None;

    /// <summary>Formats a size in binary units: 1.5 MiB.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1 << 10 => $"{bytes} B",
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.00} GiB"),
    };

    /// <summary>Formats a duration: 01:02:03, or 4.01:02:03 from one day on.</summary>
    public static string Clock(TimeSpan elapsed) => elapsed.ToString(elapsed.TotalDays >= 1 ? @"d\.hh\:mm\:ss" : @"hh\:mm\:ss", CultureInfo.InvariantCulture);

    /// <summary>Formats a number of model versions as an age: this version, 1 version ago, 4 versions ago.</summary>
    public static string VersionsAgo(long versions) => versions switch
    {
        <= 0 => "this version",
        1 => "1 version ago",
        _ => $"{Count(versions)} versions ago",
    };
}
