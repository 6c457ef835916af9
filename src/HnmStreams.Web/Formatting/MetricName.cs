namespace HnmStreams.Web.Formatting;

/// <summary>Display names of metrics.</summary>
internal static class MetricName
{
    /// <summary>Returns the usual abbreviation (AP, mAP, MAP@R), or the name in words (macroF1 as macro F1).</summary>
    public static string Short(string? metric) => metric switch
    {
        null => "metric",
        "averagePrecision" => "AP",
        "meanAveragePrecision" => "mAP",
        "mapAtR" => "MAP@R",
        "rocAuc" => "ROC AUC",
        "openSetAveragePrecision" => "open-set AP",
        "openSetEnergyAveragePrecision" => "open-set AP by energy",
        "openSetBaseRate" => "open-set base rate",
        _ when metric.StartsWith("averagePrecision.", StringComparison.Ordinal) => $"AP of {metric["averagePrecision.".Length..]}",
        _ => string.Concat(metric.Select((letter, i) => i > 0 && char.IsUpper(letter) ? $" {(i + 1 < metric.Length && char.IsLower(metric[i + 1]) ? char.ToLowerInvariant(letter) : letter)}" : letter.ToString())),
    };
}
