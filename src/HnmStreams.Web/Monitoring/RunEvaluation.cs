using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Monitoring;

/// <summary>The metrics of an evaluation, as the API and the summary write them. A metric that is undefined is null.</summary>
/// <param name="Test">Null if no test set is configured.</param>
internal sealed record RunEvaluation(
    IReadOnlyDictionary<string, double?> HeldOut,
    IReadOnlyDictionary<string, double?> Prequential,
    IReadOnlyDictionary<string, double?>? Test,
    long ModelVersion,
    int HeldOutCount)
{
    /// <summary>The metric that is always present, as null if it is undefined.</summary>
    public const string AveragePrecision = "averagePrecision";

    public static RunEvaluation Of(EvaluationReport report) => new(
        Metrics(report.HeldOut),
        Metrics(report.Prequential),
        report.Test is null ? null : Metrics(report.Test),
        report.ModelVersion,
        report.HeldOutCount);

    private static Dictionary<string, double?> Metrics(IReadOnlyDictionary<string, double> metrics)
    {
        var defined = metrics.ToDictionary(m => m.Key, m => Finite.OrNull(m.Value), StringComparer.Ordinal);
        defined.TryAdd(AveragePrecision, null);
        return defined;
    }
}
