using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Tasks;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Api;

/// <summary>There is no learner to ask, or none yet, or none any more.</summary>
internal sealed class NoLearnerException(string message) : InvalidOperationException(message);

/// <summary>What addresses and the page say of the run: one source for both, so that they agree.</summary>
/// <remarks>Thread-safe. Whatever needs a learner throws <see cref="NoLearnerException"/> where there is none.</remarks>
internal sealed class LearnerQueries(LearnerView view, RunHistory history)
{
    private LearnerSources Learner =>
        view.Sources is { } sources && view.Phase is RunPhase.Learning or RunPhase.Draining
            ? sources
            : throw new NoLearnerException($"there is no learner to ask: the run is {view.Phase.ToString().ToLowerInvariant()}");

    public StatusResponse Status() => StatusResponse.Of(view.Look());

    public HistoryResponse History() => new(view.Look().Description?.PrimaryMetric, history.Points);

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
        return new QuarantineResponse(view.Look().Description?.SuspectsLabels ?? false, [.. suspects.Select(s => SuspectResponse.Of(s, Name(learner, s.Label)))]);
    }

    /// <summary>Null where it is not set aside.</summary>
    public async Task<VerdictResponse?> JudgeAsync(string id, int unit, bool wrongLabel, CancellationToken cancellation) =>
        await Learner.Questions.JudgeAsync(id, unit, wrongLabel, cancellation)
            ? new VerdictResponse(id, unit, wrongLabel ? "confirmed" : "released")
            : null;

    /// <summary>Null where nothing of that name is held.</summary>
    public async Task<CandidateResponse?> CandidateAsync(string id, int unit, CancellationToken cancellation)
    {
        var learner = Learner;
        return await learner.Questions.CandidateAsync(id, unit, cancellation) is { } found ? CandidateResponse.Of(found, Name(learner, found.Label)) : null;
    }

    /// <summary>Its row for eyes; null where nothing of that name is held.</summary>
    public async Task<RowPreview?> ViewAsync(string id, int unit, CancellationToken cancellation)
    {
        var learner = Learner;
        return await learner.Questions.CandidateAsync(id, unit, cancellation) is { } found ? learner.Views.View(found.Payload) : null;
    }

    /// <summary>Null where nothing of that name is held.</summary>
    public async Task<WhyResponse?> WhyAsync(string id, int unit, CancellationToken cancellation)
    {
        var learner = Learner;
        return await learner.Questions.ExplainAsync(id, unit, cancellation) is { } found ? WhyResponse.Of(found, label => Name(learner, label)) : null;
    }

    public ModelsResponse Models() => ModelsResponse.Of(Learner.Questions.Models());

    /// <summary>Null, and no file, before the first.</summary>
    public Task<ModelCard?> WriteLatestAsync(string path, CancellationToken cancellation) => Learner.Questions.WriteLatestAsync(path, cancellation);

    public async Task<ScoresResponse> ScoreAsync(IReadOnlyList<Example> examples, CancellationToken cancellation)
    {
        var learner = Learner;
        return ScoresResponse.Of(await learner.Questions.ScoreAsync(examples, cancellation), label => Name(learner, label));
    }

    public CheckpointsResponse Checkpoints() => new(Learner.Status().Checkpoint, [.. history.Checkpoints]);

    public DeadLettersResponse DeadLetters() => DeadLettersResponse.Of(Learner.DeadLetters);

    private static string Name(LearnerSources learner, int label) => learner.Views.LabelName(label);
}
