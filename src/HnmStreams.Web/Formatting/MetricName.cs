namespace HnmStreams.Web.Formatting;

/// <summary>A metric's name as it stands on a tile.</summary>
internal static class MetricName
{
    /// <summary>averagePrecision as AP, macroF1 as macro F1.</summary>
    public static string Short(string? metric) => metric switch
    {
        null => "metric",
        "averagePrecision" => "AP",
        _ => string.Concat(metric.Select((letter, i) => i > 0 && char.IsUpper(letter) ? $" {(i + 1 < metric.Length && char.IsLower(metric[i + 1]) ? char.ToLowerInvariant(letter) : letter)}" : letter.ToString())),
    };
}
