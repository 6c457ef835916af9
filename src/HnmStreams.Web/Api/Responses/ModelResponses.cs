using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Api.Responses;

/// <summary>The answer of <c>GET /api/models</c>: the promoted version and the promotion decisions.</summary>
/// <param name="Gated">True if a version is promoted only if it is not significantly worse than the best (pipeline.publishing.gate).</param>
/// <param name="Newest">The version published last, promoted or not.</param>
/// <param name="Best">The version that others are compared with; null before the first.</param>
/// <param name="Promoted">The served version: the promoted one, or the one that a person has chosen; null before the first promotion.</param>
/// <param name="Pinned">The version that a person has chosen; null if the gate decides.</param>
/// <param name="Kept">The promoted versions on disk, newest first. Each can be downloaded, and served again.</param>
/// <param name="Decisions">Newest first.</param>
internal sealed record ModelsResponse(bool Gated, long Newest, long? Best, ModelCard? Promoted, long? Pinned, IReadOnlyList<KeptVersionResponse> Kept, IReadOnlyList<DecisionResponse> Decisions)
{
    public static ModelsResponse Of(RegistryStatus registry) => new(
        registry.Gated,
        registry.Newest,
        registry.Best,
        registry.Promoted,
        registry.Pinned,
        [.. registry.Kept.Select(card => new KeptVersionResponse(card.Version, card.CreatedAt, card.Steps, card.HeldOut))],
        [.. registry.Decisions.Select(d => new DecisionResponse(d.Version, d.At, d.Metric, Finite.OrNull(d.Value), d.AgainstBest, d.Promoted, d.Reason))]);
}

/// <summary>A promoted version on disk.</summary>
/// <param name="CreatedAt">The time of its promotion.</param>
/// <param name="HeldOut">Its metrics at that time.</param>
internal sealed record KeptVersionResponse(long Version, DateTimeOffset CreatedAt, long Steps, IReadOnlyDictionary<string, double> HeldOut);

/// <summary>A promotion decision.</summary>
/// <param name="AgainstBest">The difference to the best version at that time, with its 95 % interval; null if there was none.</param>
internal sealed record DecisionResponse(long Version, DateTimeOffset At, string Metric, double? Value, Uplift? AgainstBest, bool Promoted, string Reason);

/// <summary>The answer of <c>POST /api/score</c>: scores in the order of the examples.</summary>
/// <param name="Promoted">True if the model is the promoted version; false if none is promoted yet and the newest version was used.</param>
internal sealed record ScoresResponse(long ModelVersion, bool Promoted, IReadOnlyList<ScoreResponse> Items)
{
    public static ScoresResponse Of(ScoredExamples scores, Func<int, string> label) =>
        new(scores.ModelVersion, scores.Promoted, [.. scores.Items.Select(item => ScoreResponse.Of(item, label))]);
}

/// <summary>The score of one example.</summary>
/// <param name="Rejection">The reason why the task cannot score the example; null if it can.</param>
/// <param name="Outputs">Raw outputs of the network (logits).</param>
/// <param name="Probabilities">Probability by label; null for tasks without probabilities.</param>
/// <param name="Calibrated">Calibrated probability by label; null before the first calibration.</param>
/// <param name="Predicted">The most probable label; null for tasks without probabilities.</param>
/// <param name="Confidence">The probability of that label, calibrated if possible. Examples of no class tend to have a small one.</param>
internal sealed record ScoreResponse(
    string Id,
    string? Rejection,
    IReadOnlyList<double?> Outputs,
    IReadOnlyDictionary<string, double>? Probabilities,
    IReadOnlyDictionary<string, double>? Calibrated,
    string? Predicted,
    double? Confidence)
{
    public static ScoreResponse Of(ScoredExample item, Func<int, string> label)
    {
        var probabilities = ByLabel(item.Probabilities, label);
        var calibrated = ByLabel(item.Calibrated, label);
        var likeliest = (calibrated ?? probabilities)?.MaxBy(static p => p.Value);
        return new(item.Id, item.Rejection, [.. item.Outputs.Select(Finite.OrNull)], probabilities, calibrated, likeliest?.Key, likeliest?.Value);
    }

    private static Dictionary<string, double>? ByLabel(IReadOnlyList<double>? probabilities, Func<int, string> label) =>
        probabilities?.Select((probability, i) => (Name: label(i), probability)).ToDictionary(p => p.Name, p => p.probability, StringComparer.Ordinal);
}
