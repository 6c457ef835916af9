using System.Collections.Frozen;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>The metrics of one evaluation, by name. A metric that is not defined yet (for example without positives) is NaN.</summary>
/// <param name="HeldOut">On the held-out share, weighted to the class rates of the stream.</param>
/// <param name="Prequential">On the most recently scored examples, each scored before it was trained on.</param>
/// <param name="Test">On the user's labeled test set; null if none exists.</param>
/// <param name="ModelVersion">The model version measured in <paramref name="HeldOut"/> and <paramref name="Test"/>.</param>
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
