using System.Collections.Frozen;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>Metrics by name; a metric that is not defined yet (no positives, say) is NaN.</summary>
/// <param name="HeldOut">On the held-out share, weighted back to the stream's own class rates.</param>
/// <param name="Prequential">Of the last scored examples, each scored before it was trained on.</param>
/// <param name="Test">On a labelled set of the user's, where there is one.</param>
/// <param name="ModelVersion">The version that <paramref name="HeldOut"/> and <paramref name="Test"/> were measured with.</param>
public sealed record EvaluationReport(
    IReadOnlyDictionary<string, double> HeldOut,
    IReadOnlyDictionary<string, double> Prequential,
    IReadOnlyDictionary<string, double>? Test,
    long ModelVersion,
    int HeldOutCount)
{
    public static EvaluationReport Empty { get; } =
        new(FrozenDictionary<string, double>.Empty, FrozenDictionary<string, double>.Empty, null, 0, 0);
}
