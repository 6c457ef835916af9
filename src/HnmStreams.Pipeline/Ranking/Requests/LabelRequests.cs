using HnmStreams.Data.Examples;
using HnmStreams.Data.Labeling;
using HnmStreams.Mining.Labeling;
using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Ranking.Requests;

/// <summary>
/// The requests to label the waiting examples with the largest doubt. Predictions are candidates in a bounded pool. As often as the rate allows,
/// the candidate with the largest doubt becomes a request, which ends when its label comes or its example leaves the waiting store.
/// </summary>
/// <remarks>
/// Owned by the ranking stage: one thread, no locks. O(classes + log candidates) per prediction, O(1) per label. Held-out examples are not
/// requested, because a chosen part of the held-out share would bias its metrics. Probabilities are calibrated if the version has a calibration.
/// </remarks>
/// <param name="sink">Receives the requests and their ends; null if they are not published.</param>
internal sealed class LabelRequests(IMiningTask task, LabelRequestOptions options, ILabelRequestSink? sink, TimeProvider time)
{
    /// <summary>The name of the part in a checkpoint.</summary>
    public const string PartName = "label-requests.bin";

    private const string Structure = "label requests";
    private const int CandidatesPerRequest = 4;

    private readonly LabelCandidates<ExampleKey> _candidates = new(Math.Max(1_000, options.MaxOpen * CandidatesPerRequest), options.Strategy);
    private readonly Dictionary<ExampleKey, LabelRequest> _open = [];
    private readonly RequestRate _rate = new(options.PerHour, time);
    private long _requested;
    private long _answered;
    private long _differing;
    private long _expired;

    /// <summary>Returns requests; null if the options and the lack of a sink disable them.</summary>
    public static LabelRequests? Create(IMiningTask task, LabelRequestOptions options, ILabelRequestSink? sink, TimeProvider time) =>
        options.Enabled ?? sink is not null ? new LabelRequests(task, options, sink, time) : null;

    /// <summary>The examples that the newest version predicts as well; null if the strategy does not need them.</summary>
    public VersionComparison? Comparison { get; } = options.UsesComparison ? new VersionComparison(options.ComparedShare) : null;

    /// <summary>The newest model version. Predictions of this version need no comparison.</summary>
    public long NewestVersion { get; set; }

    public LabelRequestStatus Status => new(_open.Count, _candidates.Count, _requested, _answered, _differing, _expired, Comparison?.Compared ?? 0);

    /// <summary>Takes the predictions of a batch.</summary>
    public void Offer(ExampleBatch batch)
    {
        if (batch.Predictions is not { } predictions)
            return;
        for (var row = 0; row < batch.UnlabeledSources.Count; row++)
        {
            var key = batch.UnlabeledSources[row].Key;
            if (batch.IsUnlabeledHeldOut[row] || _open.ContainsKey(key))
                continue;
            if (Of(predictions.OutputsOf(row), predictions.Card) is { } probabilities)
                _candidates.Offer(key, predictions.Version, probabilities);
            if (predictions.Version < NewestVersion)
                Comparison?.Add(batch, row);
        }
    }

    /// <summary>Takes the predictions of the newest version for the examples that <see cref="VersionComparison.Next"/> returned.</summary>
    public void TakeCompared(ExampleBatch batch)
    {
        if (Comparison?.Finish(batch) is not { } served)
            return;
        var scores = batch.Scores!;
        for (var row = 0; row < served.Count; row++)
        {
            var key = batch.Sources[row].Key;
            if (_open.ContainsKey(key) || served[row].Version == scores.Version)
                continue;
            // Both without calibration, because only the served version may have one.
            if (Of(served[row].Outputs, served[row].Card) is { } shown && Of(served[row].Outputs, null) is { } one && Of(scores.OutputsOf(row), null) is { } other)
                _candidates.Offer(key, served[row].Version, shown, PredictionDoubt.Disagreement(one, other));
        }
    }

    /// <summary>Takes a result of the waiting store.</summary>
    /// <param name="label">The label of the example's row; ignored without a label.</param>
    public void Take(in WaitingResult result, int label)
    {
        var key = result.Source.Key;
        if (result.Kind == WaitingResultKind.LabelDropped)
            return;
        _candidates.Remove(key);
        if (!_open.Remove(key, out var request))
            return;
        sink?.WriteEnd(request.Id);
        if (result.Kind is not (WaitingResultKind.Joined or WaitingResultKind.Corrected or WaitingResultKind.Confirmed))
        {
            _expired++;
            return;
        }

        _answered++;
        if (!string.Equals(task.LabelName(label), request.Predicted, StringComparison.Ordinal))
            _differing++;
    }

    /// <summary>Makes the requests that are due.</summary>
    /// <param name="store">The store in which the examples wait. A candidate that does not wait there any more is skipped.</param>
    public void Issue(WaitingStore store)
    {
        while (_open.Count < options.MaxOpen && _candidates.Count > 0 && _rate.IsDue())
        {
            var candidate = _candidates.Hardest(1)[0];
            _candidates.Remove(candidate.Id);
            var request = default(LabelRequest);
            if (!store.ReadWaiting(candidate.Id, input => request = input.IsHeldOut ? null : Of(candidate, input.Source)) || request is null)
                continue;
            _rate.Take();
            _requested++;
            _open.Add(candidate.Id, request);
            sink?.Write(request);
        }
    }

    /// <summary>Returns the open requests with their inputs, largest score first. O(open log open + top).</summary>
    public IReadOnlyList<OpenLabelRequest> Open(int top, WaitingStore store) =>
        [.. _open.OrderByDescending(o => o.Value.Score).ThenBy(o => o.Value.At).Take(top).Select(o => With(o.Key, o.Value, store))];

    /// <summary>Returns an open request with its input; null if none exists for this id.</summary>
    public OpenLabelRequest? Find(string id, WaitingStore store)
    {
        var key = ExampleKey.Of(id);
        return _open.TryGetValue(key, out var request) ? With(key, request, store) : null;
    }

    /// <summary>Captures the state, to be written on another thread.</summary>
    public Action<StateWriter> Capture()
    {
        var copy = new StateWriter();
        copy.Begin(Structure, 1);
        foreach (var count in (ReadOnlySpan<long>)[_requested, _answered, _differing, _expired, Comparison?.Compared ?? 0])
            copy.WriteInt64(count);
        _rate.Save(copy);
        copy.WriteInt32(_open.Count);
        foreach (var request in _open.Values)
            LabelRequestCodec.Write(copy, request);
        _candidates.Save(copy, ExampleKeyCodec.Instance);
        return writer => writer.WriteBytes(copy.Written.Span);
    }

    /// <summary>Restores a saved state. Only for new requests.</summary>
    /// <exception cref="InvalidDataException">The state is not that of such requests.</exception>
    public void Restore(StateReader reader)
    {
        reader.Expect(Structure, 1);
        (_requested, _answered, _differing, _expired) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        var compared = reader.ReadInt64();
        if (Comparison is not null)
            Comparison.Compared = compared;
        _rate.Restore(reader);
        for (var left = reader.ReadCount(LabelRequestCodec.MinBytes); left > 0; left--)
        {
            var request = LabelRequestCodec.Read(reader);
            _open[ExampleKey.Of(request.Id)] = request;
        }

        _candidates.Restore(reader, ExampleKeyCodec.Instance);
    }

    private static OpenLabelRequest With(ExampleKey key, LabelRequest request, WaitingStore store)
    {
        byte[] payload = [];
        store.ReadWaiting(key, input => payload = input.Payload.ToArray());
        return new OpenLabelRequest(request, payload);
    }

    private LabelRequest Of(LabelCandidate<ExampleKey> candidate, in RowSource source)
    {
        var isUncertain = options.Strategy == LabelStrategy.Uncertainty || (options.Strategy == LabelStrategy.Either && candidate.Uncertainty >= candidate.Disagreement);
        var predicted = Enumerable.Range(0, candidate.Probabilities.Count).MaxBy(i => candidate.Probabilities[i]);
        return new LabelRequest(
            source.Id!,
            source.Origin,
            isUncertain ? LabelRequestReason.Uncertain : LabelRequestReason.Disagreement,
            candidate.Doubt,
            candidate.Uncertainty,
            candidate.Disagreement,
            candidate.Version,
            task.LabelName(predicted),
            candidate.Probabilities,
            source.EventTime,
            time.GetUtcNow());
    }

    private float[]? Of(ReadOnlySpan<float> outputs, Flow.Promotion.ModelCard? card) =>
        Probabilities.Of(task, outputs, card?.Calibration) is { } probabilities ? [.. probabilities.Select(p => (float)p)] : null;
}
