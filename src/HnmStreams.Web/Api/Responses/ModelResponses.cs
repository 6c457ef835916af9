using HnmStreams.Data.Records;
using HnmStreams.Evaluation.Calibration;
using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Api.Responses;

/// <summary><c>GET /api/models</c>: which version a user should take, and what was decided of others.</summary>
/// <param name="Gated">Whether a version becomes the latest only if it is not worse than the best by more than the noise (pipeline.publishing.gate).</param>
/// <param name="Newest">Version that was published last, promoted or not.</param>
/// <param name="Best">Version that others are measured against; null before the first.</param>
/// <param name="Decisions">Newest first.</param>
internal sealed record ModelsResponse(bool Gated, long Newest, long? Best, ModelCardResponse? Latest, IReadOnlyList<DecisionResponse> Decisions)
{
    public static ModelsResponse Of(RegistryStatus standings) => new(
        standings.Gated,
        standings.Newest,
        standings.Best,
        standings.Latest is { } latest ? ModelCardResponse.Of(latest) : null,
        [.. standings.Decisions.Select(d => new DecisionResponse(d.Version, d.At, d.Metric, Finite.OrNull(d.Value), d.AgainstBest, d.Promoted, d.Reason))]);
}

/// <param name="AgainstBest">By how much it is ahead of the best before it, with its 95 % interval; null where there was none.</param>
internal sealed record DecisionResponse(long Version, DateTimeOffset At, string Metric, double? Value, Uplift? AgainstBest, bool Promoted, string Reason);

/// <summary><c>GET /api/models/latest/card</c>: what the latest model is.</summary>
/// <param name="Calibration">How outputs become probabilities, and the expected calibration error before and after; null where there is none.</param>
/// <param name="Promotion">Why it is the latest; null where there is no gate.</param>
internal sealed record ModelCardResponse(
    string Task,
    long Version,
    DateTimeOffset SavedAt,
    long Steps,
    long Consumed,
    IReadOnlyDictionary<string, double> HeldOut,
    IReadOnlyList<StreamPosition> Positions,
    OutputCalibration? Calibration,
    string? Promotion)
{
    public static ModelCardResponse Of(ModelCard card) => new(
        card.Task,
        card.Version,
        card.SavedAt,
        card.Steps,
        card.Consumed,
        card.HeldOut,
        card.Positions,
        card.Calibration,
        card.Promotion);
}

/// <summary><c>POST /api/score</c>: what the model says, in the order of the examples.</summary>
/// <param name="Promoted">Whether it is the latest; else the newest, since none was promoted yet.</param>
internal sealed record ScoresResponse(long ModelVersion, bool Promoted, IReadOnlyList<ScoreResponse> Items)
{
    public static ScoresResponse Of(ScoredExamples scores, Func<int, string> label) =>
        new(scores.ModelVersion, scores.Promoted, [.. scores.Items.Select(item => ScoreResponse.Of(item, label))]);
}

/// <param name="Refusal">Why the task cannot take the example; null where it could.</param>
/// <param name="Outputs">The network's, before any probability.</param>
/// <param name="Probabilities">By label; null where the task's outputs are none.</param>
/// <param name="Calibrated">The same calibrated on the held-out share; null where there is no calibration yet.</param>
internal sealed record ScoreResponse(
    string Id, string? Refusal, IReadOnlyList<double?> Outputs, IReadOnlyDictionary<string, double>? Probabilities, IReadOnlyDictionary<string, double>? Calibrated)
{
    public static ScoreResponse Of(ScoredExample item, Func<int, string> label) =>
        new(item.Id, item.Refusal, [.. item.Outputs.Select(Finite.OrNull)], ByLabel(item.Probabilities, label), ByLabel(item.Calibrated, label));

    private static Dictionary<string, double>? ByLabel(IReadOnlyList<double>? probabilities, Func<int, string> label) =>
        probabilities?.Select((probability, i) => (Name: label(i), probability)).ToDictionary(p => p.Name, p => p.probability, StringComparer.Ordinal);
}
