using HnmStreams.Tasks;
using HnmStreams.Web.Api.Models;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Api.Responses.Requests;
using HnmStreams.Web.DeadLetters;
using HnmStreams.Web.Events;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Operating;

namespace HnmStreams.Web.Api;

/// <summary>Queries of the run, shared by the API and the page, so that both show the same values.</summary>
/// <remarks>Thread-safe. Queries that need a learner throw <see cref="NoLearnerException"/> if none exists.</remarks>
internal sealed class RunQueries(LearnerView view, RunHistory history, EventLog events, SystemState system, EffectiveSettings settings)
{
    private LearnerSources Learner =>
        view.Sources is { } sources && view.Phase is RunPhase.Learning or RunPhase.Draining ? sources : throw new NoLearnerException(view.Phase);

    public StatusResponse Status() => StatusResponse.Of(view.Snapshot(), history.ComparablePoints);

    /// <summary>Returns true if baselines are trained, even if there is no comparison yet.</summary>
    public bool BaselinesEnabled() => view.Snapshot().Description?.BaselinesEnabled ?? false;

    /// <summary>Returns the name of the positive label; null if the task has none.</summary>
    public string? Positive() => view.Snapshot().Description?.Positive;

    /// <summary>Returns the history of the run.</summary>
    /// <param name="points">Maximum number of points. The newest one is always among them.</param>
    public HistoryResponse History(int points = RunHistory.MaxPoints)
    {
        var all = history.Points;
        var stride = (all.Count + points - 1) / points;
        return new HistoryResponse(view.Snapshot().Description?.PrimaryMetric, all.Count <= points ? all : [.. all.Where((_, i) => (all.Count - 1 - i) % stride == 0)]);
    }

    /// <summary>Returns the decisions about suspected label errors, newest first, as far as the event log has them.</summary>
    public LabelDecisionsResponse LabelDecisions() => LabelDecisionsResponse.Of(events.Newest(EventLog.Capacity, kind: RunEventKind.Label));

    /// <summary>Returns the newest events, newest first.</summary>
    public EventsResponse Events(int top, long? before = null, RunEventKind? kind = null) => new(events.Newest(top, before, kind));

    public async Task<HardNegativesResponse> HardestAsync(int top, CancellationToken cancellation)
    {
        var learner = Learner;
        return HardNegativesResponse.Of(top, view.Snapshot().At, await learner.Questions.HardestAsync(top, cancellation), label => LabelName(learner, label));
    }

    /// <summary>Returns those of the hardest negatives that a filter selects.</summary>
    public async Task<HardNegativesResponse> HardestAsync(int top, HardNegativeFilter filter, CancellationToken cancellation)
    {
        var all = await HardestAsync(top, cancellation);
        return all with { Items = filter.Apply(all.Items) };
    }

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
        return await learner.Questions.ExplainAsync(id, region, cancellation) is { } found ? WhyResponse.Of(found, learner.Previews) : null;
    }

    /// <summary>Returns the open requests for labels, largest score first.</summary>
    public async Task<LabelRequestsResponse> LabelRequestsAsync(int top, CancellationToken cancellation)
    {
        var learner = Learner;
        return LabelRequestsResponse.Of(
            learner.Status().Ranking.Requests, learner.Answer is not null, await learner.Questions.LabelRequestsAsync(top, cancellation), learner.Previews);
    }

    /// <summary>Returns the image or text of an open request, or null if there is no request for this id, or its input is no longer stored.</summary>
    public async Task<RowPreview?> LabelRequestPreviewAsync(string id, CancellationToken cancellation)
    {
        var learner = Learner;
        return await learner.Questions.LabelRequestAsync(id, cancellation) is { Payload.IsEmpty: false } found ? learner.Previews.View(found.Payload.Span) : null;
    }

    /// <summary>Returns the source of queries of the model.</summary>
    public ModelSource ModelSource()
    {
        var learner = Learner;
        return new ModelSource(learner.Questions, learner.Previews.OutputName);
    }

    public ModelsResponse Models() => ModelsResponse.Of(Learner.Questions.Models());

    public SystemStatus System() => system.Now(view.Sources);

    public SettingsResponse Settings() => new(settings.Items);

    public CheckpointsResponse Checkpoints() => new(Learner.Status().Checkpoint, [.. history.Checkpoints]);

    public DeadLettersResponse DeadLetters() => DeadLettersResponse.Of(Learner.DeadLetters);

    /// <summary>Returns a recent dead letter, or null if it is not stored.</summary>
    public StoredDeadLetter? DeadLetter(string id) => Learner.DeadLetters?.Find(id);

    private static string LabelName(LearnerSources learner, int label) => learner.Previews.LabelName(label);
}
