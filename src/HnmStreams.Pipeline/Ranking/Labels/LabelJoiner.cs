using System.Text;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Memory.Waiting.Storage;
using HnmStreams.Pipeline.Ranking.Outcomes;
using HnmStreams.Pipeline.Ranking.Requests;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Ranking.Labels;

/// <summary>
/// The link between a batch and the waiting store, for streams whose labels come later: gives the store the events of the batch in their
/// order, and turns what follows into examples with the scores of their served predictions.
/// </summary>
/// <remarks>
/// Owned by the ranking stage: one thread, no locks. The time of the store is that of the stream, the newest timestamp of its records, but
/// never later than the clock: a learner that was down for a while must not end the waiting of inputs whose labels it has yet to read.
/// </remarks>
/// <param name="store">This takes it over.</param>
/// <param name="options">The settings of the store.</param>
/// <param name="temporaryFolder">A folder to delete at the end; null for none.</param>
/// <param name="requests">The requests for labels; null if none are made.</param>
internal sealed class LabelJoiner(IMiningTask task, WaitingStore store, WaitingOptions options, TimeProvider time, string? temporaryFolder = null, LabelRequests? requests = null) : IDisposable
{
    /// <summary>The maximum number of inputs per batch whose time to wait ends, so that a burst of them does not hold up the stream.</summary>
    public const int MaxExpiredPerBatch = 1_024;

    private readonly WaitingBatch _events = new();
    private readonly WaitingResults _results = new();

    /// <summary>Opens the store of a checkpoint, or an empty one.</summary>
    /// <param name="folder">The checkpoint folder, because the store links its files into checkpoints; null if no state is kept, and the store is temporary.</param>
    /// <param name="from">Null starts without a checkpoint.</param>
    /// <param name="requests">The requests for labels; null if none are made.</param>
    /// <exception cref="WaitingStoreException">The disk cannot be used.</exception>
    public static LabelJoiner Open(IMiningTask task, WaitingOptions options, string? folder, LoadedCheckpoint? from, TimeProvider time, LabelRequests? requests = null)
    {
        const int negativeClass = 0;
        var temporary = folder is null ? Directory.CreateTempSubdirectory("hnm-waiting-").FullName : null;
        var root = folder ?? temporary!;
        return new LabelJoiner(task, from is null ? WaitingStore.Create(root, options, negativeClass) : WaitingStore.Restore(root, options, negativeClass, from), options, time, temporary, requests);
    }

    /// <summary>The served predictions against the labels that came for them.</summary>
    public ServedOutcomes Outcomes { get; } = new(task, time);

    /// <summary>The requests for labels; null if none are made.</summary>
    public LabelRequests? Requests => requests;

    /// <summary>The weights of presumed negatives.</summary>
    public PresumedWeights Weights { get; } = new(task, options);

    /// <summary>A copy of the present numbers and counters of the store.</summary>
    public WaitingStatus Status => store.Status;

    /// <summary>Applies a batch to the store, and returns what follows, which the caller disposes before the next call.</summary>
    public JoinedExamples Join(ExampleBatch batch)
    {
        _events.Clear();
        _results.Clear();
        var scored = 0;
        foreach (var arrival in batch.Arrivals)
            Add(batch, arrival, ref scored);
        var clock = time.GetUtcNow();
        var now = batch.StreamTime < clock ? batch.StreamTime : clock;
        store.Apply(_events, now, _results);
        store.Expire(now, MaxExpiredPerBatch, _results);
        TakeOutcomes(batch, now);
        TakeRequests(batch);
        Weights.Apply(_results);
        return JoinedExamples.Of(task, batch.Number, _results);
    }

    /// <summary>Makes the requests for labels that are due.</summary>
    public void IssueRequests() => requests?.Issue(store);

    /// <inheritdoc cref="LabelRequests.Open"/>
    public IReadOnlyList<OpenLabelRequest> OpenRequests(int top) => requests?.Open(top, store) ?? [];

    /// <inheritdoc cref="LabelRequests.Find"/>
    public OpenLabelRequest? FindRequest(string id) => requests?.Find(id, store);

    /// <summary>Captures the store between two batches.</summary>
    public WaitingCapture Capture() => store.Capture();

    public void Dispose()
    {
        _events.Dispose();
        _results.Dispose();
        requests?.Comparison?.Clear();
        store.Dispose();
        if (temporaryFolder is not null)
            Directory.Delete(temporaryFolder, recursive: true);
    }

    // An example that arrived with its label was not served. Each outcome counts once, whatever the weight of its example.
    private void TakeOutcomes(ExampleBatch batch, DateTimeOffset now)
    {
        foreach (var (kind, index) in batch.Arrivals)
        {
            if (kind == ArrivalKind.Unlabeled && batch.Predictions is { } predictions)
                Outcomes.TakePrediction(predictions.OutputsOf(index), now);
        }

        foreach (var result in _results.Items)
        {
            if (result.Event < 0 || batch.Arrivals[result.Event].Kind is ArrivalKind.Unlabeled or ArrivalKind.Label)
                Outcomes.Take(result, _results.OutputsOf(result), result.Row < 0 ? -1 : _results.Rows.Labels[result.Row], 1, now);
        }
    }

    // The predictions before the results: a label of the same batch ends the candidacy of its example.
    private void TakeRequests(ExampleBatch batch)
    {
        if (requests is null)
            return;
        requests.Offer(batch);
        foreach (var result in _results.Items)
            requests.Take(result, result.Row < 0 ? -1 : _results.Rows.Labels[result.Row]);
        requests.Issue(store);
    }

    // scored: the number of scored rows before this arrival.
    private void Add(ExampleBatch batch, Arrival arrival, ref int scored)
    {
        var index = arrival.Index;
        switch (arrival.Kind)
        {
            case ArrivalKind.Unlabeled:
                AddUnlabeled(batch, index);
                break;
            case ArrivalKind.Label:
                var label = batch.LateLabels[index];
                _events.AddLabel(label.Key, new ArrivedLabel(label.Label, label.Weight, label.EventTime));
                break;
            case ArrivalKind.Tombstone:
                _events.AddTombstone(batch.Tombstones[index].Key);
                break;
            case ArrivalKind.HeldOut:
                var heldOut = batch.HeldOutSources[index];
                AddExample(heldOut, batch.HeldOut.Payload(index), batch.HeldOut.Labels[index], batch.HeldOut.Weights[index], isHeldOut: true, [], -1);
                break;
            default:
                var isScored = batch.Scores is not null && scored < batch.ToScore.Count && batch.ToScore[scored] == index;
                var outputs = isScored ? batch.Scores!.OutputsOf(scored++) : [];
                AddExample(batch.SourceOf(index), batch.Rows.Payload(index), batch.Rows.Labels[index], batch.Rows.Weights[index], isHeldOut: false, outputs, batch.Scores?.Version ?? -1);
                break;
        }
    }

    private void AddUnlabeled(ExampleBatch batch, int index)
    {
        var source = batch.UnlabeledSources[index];
        var outputs = batch.Predictions is { } predictions ? predictions.OutputsOf(index) : [];
        var served = new ServedPrediction(batch.Predictions?.Version ?? -1, Weights.Probability(outputs, batch.Predictions?.Card?.Calibration));
        _events.AddInput(
            source, Encoding.UTF8.GetBytes(source.Id!), batch.Unlabeled!.Payload(index), batch.Unlabeled.Weights[index], batch.IsUnlabeledHeldOut[index], outputs, served);
    }

    // The batch takes a labeled example as usual. The store only has to know that nothing waits for its label, and to recognize corrections.
    private void AddExample(in RowSource source, ReadOnlySpan<byte> payload, int label, float weight, bool isHeldOut, ReadOnlySpan<float> outputs, long version) => _events.AddExample(
        source, Encoding.UTF8.GetBytes(source.Id!), payload, weight, isHeldOut, outputs, new ServedPrediction(version, float.NaN), new ArrivedLabel(label, 1, source.EventTime));
}
