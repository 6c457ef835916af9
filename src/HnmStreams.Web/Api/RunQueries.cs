using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Tasks;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Api;

/// <summary>There is no learner to query: the run is starting, on standby or over.</summary>
internal sealed class NoLearnerException(RunPhase phase) : InvalidOperationException(Text(phase))
{
    public static string Text(RunPhase phase) => $"There is no learner: the run is {phase.ToString().ToLowerInvariant()}.";
}

/// <summary>Queries of the run, shared by the API and the page, so that both show the same values.</summary>
/// <remarks>Thread-safe. Queries that need a learner throw <see cref="NoLearnerException"/> if none exists.</remarks>
internal sealed class RunQueries(LearnerView view, RunHistory history)
{
    private LearnerSources Learner =>
        view.Sources is { } sources && view.Phase is RunPhase.Learning or RunPhase.Draining ? sources : throw new NoLearnerException(view.Phase);

    public StatusResponse Status() => StatusResponse.Of(view.Snapshot(), history.Points);

    /// <summary>Returns true if baselines are trained, even if there is no comparison yet.</summary>
    public bool BaselinesEnabled() => view.Snapshot().Description?.BaselinesEnabled ?? false;

    public HistoryResponse History() => new(view.Snapshot().Description?.PrimaryMetric, history.Points);

    public async Task<HardNegativesResponse> HardestAsync(int top, CancellationToken cancellation) =>
        HardNegativesResponse.Of(top, await Learner.Questions.HardestAsync(top, cancellation));

    public async Task<HistogramResponse> HistogramAsync(CancellationToken cancellation) =>
        HistogramResponse.Of(await Learner.Questions.HistogramAsync(cancellation));

    public async Task<BatchesResponse> BatchesAsync(CancellationToken cancellation) =>
        BatchesResponse.Of(await Learner.Questions.BatchesAsync(cancellation));

    public async Task<QuarantineResponse> QuarantineAsync(CancellationToken cancellation)
    {
        var learner = Learner;
        var suspects = await learner.Questions.QuarantinedAsync(cancellation);
        return new QuarantineResponse(view.Snapshot().Description?.DetectsLabelErrors ?? false, [.. suspects.Select(s => SuspectResponse.Of(s, LabelName(learner, s.Label)))]);
    }

    /// <summary>Releases or confirms a suspected label error. Returns null if it is not in quarantine.</summary>
    public async Task<LabelDecisionResponse?> DecideLabelAsync(string id, int region, bool isWrong, CancellationToken cancellation) =>
        await Learner.Questions.JudgeAsync(id, region, isWrong, cancellation)
            ? new LabelDecisionResponse(id, region, isWrong ? "confirmed" : "released")
            : null;

    /// <summary>Returns a candidate, or null if the learner does not hold it.</summary>
    public async Task<CandidateResponse?> CandidateAsync(string id, int region, CancellationToken cancellation)
    {
        var learner = Learner;
        return await learner.Questions.CandidateAsync(id, region, cancellation) is { } found ? CandidateResponse.Of(found, LabelName(learner, found.Label)) : null;
    }

    /// <summary>Returns a candidate's image or text, or null if the learner does not hold it.</summary>
    public async Task<RowPreview?> PreviewAsync(string id, int region, CancellationToken cancellation)
    {
        var learner = Learner;
        return await learner.Questions.CandidateAsync(id, region, cancellation) is { } found ? learner.Previews.View(found.Detail!.Payload) : null;
    }

    /// <summary>Explains a candidate's hardness. Returns null if the learner does not hold it.</summary>
    public async Task<WhyResponse?> ExplainAsync(string id, int region, CancellationToken cancellation)
    {
        var learner = Learner;
        return await learner.Questions.ExplainAsync(id, region, cancellation) is { } found ? WhyResponse.Of(found, label => LabelName(learner, label)) : null;
    }

    public ModelsResponse Models() => ModelsResponse.Of(Learner.Questions.Models());

    /// <summary>Writes the promoted model's weights to a file. Returns null, and writes no file, before the first promotion.</summary>
    public Task<ModelCard?> WritePromotedAsync(string path, CancellationToken cancellation) => Learner.Questions.WritePromotedAsync(path, cancellation);

    public async Task<ScoresResponse> ScoreAsync(IReadOnlyList<Example> examples, CancellationToken cancellation)
    {
        var learner = Learner;
        return ScoresResponse.Of(await learner.Questions.ScoreAsync(examples, cancellation), label => LabelName(learner, label));
    }

    public CheckpointsResponse Checkpoints() => new(Learner.Status().Checkpoint, [.. history.Checkpoints]);

    public DeadLettersResponse DeadLetters() => DeadLettersResponse.Of(Learner.DeadLetters);

    private static string LabelName(LearnerSources learner, int label) => learner.Previews.LabelName(label);
}
