using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Pipeline.Ranking.Requests;
using HnmStreams.Pipeline.Ranking.Stages;
using HnmStreams.Tasks;
using HnmStreams.Torch.Export;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline;

/// <summary>The answers to questions about a running learner.</summary>
/// <param name="gated">True if versions have to pass the gate of the registry.</param>
/// <remarks>Thread-safe.</remarks>
internal sealed class LearnerAnswers(
    IMiningTask task,
    RankingPort ranking,
    IActorRef evaluator,
    SnapshotPublisher publisher,
    ModelRegistry registry,
    bool gated,
    LearnerStatusBoard status,
    TimeProvider time) : ILearnerQuestions
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Candidate>> HardestAsync(int top, CancellationToken cancellation = default) =>
        AskAsync(ranker => ranker.Inspection.Hardest(top), cancellation);

    /// <inheritdoc/>
    public async Task<HardnessHistogram> HistogramAsync(CancellationToken cancellation = default)
    {
        // The stage copies its index; the bins are counted on this thread.
        var (snapshot, threshold) = await AskAsync(ranker => ranker.PoolIndex(), cancellation);
        using (snapshot)
            return HardnessHistogram.Of(snapshot, threshold);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ComposedBatch>> BatchesAsync(CancellationToken cancellation = default) =>
        AskAsync(ranker => ranker.Inspection.LastBatches(), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Candidate>> QuarantinedAsync(CancellationToken cancellation = default) =>
        AskAsync(ranker => ranker.Inspection.Quarantined(), cancellation);

    /// <inheritdoc/>
    public Task<bool> JudgeAsync(string id, int region, bool wrongLabel, CancellationToken cancellation = default) =>
        AskAsync(ranker => wrongLabel ? ranker.Inspection.Confirm(id, region) : ranker.Inspection.Release(id, region), cancellation);

    /// <inheritdoc/>
    public Task<bool> UndoVerdictAsync(string id, int region, CancellationToken cancellation = default) =>
        AskAsync(ranker => ranker.Inspection.Undo(id, region), cancellation);

    /// <inheritdoc/>
    public Task<Candidate?> CandidateAsync(string id, int region, CancellationToken cancellation = default) =>
        AskAsync(ranker => ranker.Inspection.Find(id, region), cancellation);

    /// <inheritdoc/>
    public async Task<Explanation?> ExplainAsync(string id, int region, CancellationToken cancellation = default)
    {
        var neighborhood = await AskAsync(ranker => ranker.Inspection.NeighborhoodOf(id, region), cancellation);
        return neighborhood is null ? null : await EvaluatorAsync<Explanation>(new EvaluatorActor.Explain(neighborhood), cancellation);
    }

    /// <inheritdoc cref="MiningPipeline.EvaluateAsync"/>
    public Task<EvaluationReport> EvaluateAsync(CancellationToken cancellation) =>
        EvaluatorAsync<EvaluationReport>(new EvaluatorActor.Evaluate(WithTestSet: true), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<OpenLabelRequest>> LabelRequestsAsync(int top, CancellationToken cancellation = default) =>
        AskAsync(ranker => ranker.OpenRequests(top), cancellation);

    /// <inheritdoc/>
    public Task<OpenLabelRequest?> LabelRequestAsync(string id, CancellationToken cancellation = default) =>
        AskAsync(ranker => ranker.FindRequest(id), cancellation);

    /// <inheritdoc/>
    public RegistryStatus Models()
    {
        var models = registry.Status(gated, publisher.Version);
        return gated ? models : models with { Promoted = NewestCard() };
    }

    /// <inheritdoc/>
    public Task<ModelCard?> WritePromotedAsync(string path, string format = ModelExport.Safetensors, CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            using var promoted = AcquirePromoted();
            if (promoted is not null)
                SavedModelExport.Write(task, promoted.Snapshot, promoted.Card, format, path);
            return promoted?.Card;
        },
        cancellation);

    /// <inheritdoc/>
    public Stream? OpenVersion(long version) => registry.OpenWeights(version);

    /// <inheritdoc/>
    public Task<Stream?> ExportVersionAsync(long version, string format, CancellationToken cancellation = default) =>
        Task.Run(() => registry.OpenWeights(version) is { } weights ? SavedModelExport.Open(task, weights, format) : null, cancellation);

    /// <inheritdoc/>
    public Task<ModelCard?> PinVersionAsync(long version, CancellationToken cancellation = default)
    {
        RequireGate();
        return Task.Run(
            () =>
            {
                using var newest = AcquireNewest();
                return registry.Pin(version, newest);
            },
            cancellation);
    }

    /// <inheritdoc/>
    public void UnpinVersion()
    {
        RequireGate();
        registry.Unpin();
    }

    /// <inheritdoc cref="MiningPipeline.SaveModelAsync"/>
    public Task<SavedModel> SaveModelAsync(string folder, CancellationToken cancellation) => Task.Run(
        () =>
        {
            // If no version was ever evaluated, there is only the newest.
            using var model = AcquirePromoted() ?? AcquireNewest();
            return new SavedModel(ModelFolder.Write(folder, model.Snapshot, model.Card), model.Card);
        },
        cancellation);

    /// <inheritdoc/>
    public async Task<ScoredExamples> ScoreAsync(IReadOnlyList<Example> examples, CancellationToken cancellation = default)
    {
        var encoded = await EncodedExamples.OfAsync(task, examples, new RowBuffer(Math.Max(1, examples.Count)), cancellation);
        var scores = await EvaluatorAsync<EvaluatorActor.RowScores>(new EvaluatorActor.ScoreRows(encoded.Rows), cancellation);
        return encoded.Scored(scores.Version, scores.Card, scores.Outputs);
    }

    private Task<T> AskAsync<T>(Func<Ranker, T> question, CancellationToken cancellation) =>
        ranking.AskAsync(question).WaitAsync(AnswerTimeout, time, cancellation);

    private Task<T> EvaluatorAsync<T>(object question, CancellationToken cancellation) => evaluator.Ask<T>(question, AnswerTimeout, cancellation);

    private void RequireGate()
    {
        if (!gated)
            throw new InvalidOperationException("There is no promotion gate (pipeline.publishing.gate, and never in exact mode), so the newest version is always served.");
    }

    private RegisteredModel? AcquirePromoted() => gated ? registry.AcquirePromoted() : AcquireNewest();

    private RegisteredModel AcquireNewest()
    {
        var newest = publisher.Acquire();
        return new RegisteredModel(newest, ModelCards.Of(task, newest, status.Current.Evaluation.HeldOut, status.Current, time));
    }

    private ModelCard NewestCard()
    {
        using var newest = AcquireNewest();
        return newest.Card;
    }
}

/// <summary>The cards of models as the learner is now.</summary>
internal static class ModelCards
{
    public static ModelCard Of(IMiningTask task, ModelSnapshot snapshot, IReadOnlyDictionary<string, double> heldOut, PipelineStatus status, TimeProvider time)
    {
        var defined = heldOut.Where(m => double.IsFinite(m.Value)).ToDictionary(StringComparer.Ordinal);
        return new ModelCard(task.Name, snapshot.Version, time.GetUtcNow(), status.Training.Steps, status.Ranking.Stream.Consumed, defined, status.Ranking.Positions);
    }
}
