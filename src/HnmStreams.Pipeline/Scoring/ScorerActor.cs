using System.Runtime.InteropServices;
using Akka.Actor;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Torch.Replicas;
using HnmStreams.Torch.Snapshots;

namespace HnmStreams.Pipeline.Scoring;

/// <summary>
/// An actor that scores batches with its own model replica on its own thread. It adopts the newest weights before each batch. Unlabeled
/// rows are predicted by a second replica, with the served version.
/// If scoring throws, the actor replies with the failure and then fails, so that its supervisor restarts it with a fresh replica.
/// </summary>
internal sealed class ScorerActor : ReceiveActor
{
    private readonly Func<ScoringReplica> _createReplica;
    private readonly SnapshotPublisher? _publisher;
    private readonly ComputeLanes _lanes;
    private readonly TimeProvider _time;
    private readonly NativeCallTracker _nativeCalls;
    private readonly int _worker;
    private readonly int _outputWidth;
    private readonly AdaptiveBatchSize _batchSize = new("scorer");
    private ScoringReplica? _replica;

    // A separate replica: in a stream with labeled and unlabeled examples, one replica would load other weights twice per batch.
    private ScoringReplica? _servedReplica;

    // The snapshot that it has adopted, which may be disposed.
    private ModelSnapshot? _served;

    /// <param name="publisher">The newest weights; null if the actor only predicts.</param>
    /// <param name="createReplica">Called on the actor's own thread, because torch's thread count is a setting per thread.</param>
    public ScorerActor(Func<ScoringReplica> createReplica, int outputWidth, SnapshotPublisher? publisher, ComputeLanes lanes, NativeCallTracker nativeCalls, TimeProvider time)
    {
        (_createReplica, _outputWidth, _publisher, _lanes, _time) = (createReplica, outputWidth, publisher, lanes, time);
        (_nativeCalls, _worker) = (nativeCalls, nativeCalls.Rent());
        Receive<ScoringRequest>(Handle);
        Receive<PredictionRequest>(Predict);
    }

    protected override void PostStop()
    {
        _nativeCalls.Return(_worker);
        _replica?.Dispose();
        _servedReplica?.Dispose();
    }

    private void Handle(ScoringRequest request)
    {
        BatchScores? scores = null;
        try
        {
            using var spans = PipelineSpans.StartScoring(request.Batch);
            using var turn = request.Batch.SuspectedRange < 0 ? _lanes.Enter() : _lanes.EnterAlone();
            using var call = _nativeCalls.Begin(_worker, NativeWork.Scoring, request.Batch.Spans, request.Batch.Incomplete, request.Batch.SuspectedRange >= 0);
            var start = _time.GetTimestamp();
            Adopt(request.Version);
            var rows = CollectionsMarshal.AsSpan(request.Batch.ToScore);
            scores = new BatchScores(rows.Length, _outputWidth, _replica!.Version);
            Score(request.Batch.Rows, rows, scores);
            var elapsed = _time.GetElapsedTime(start);
            PipelineInstruments.ScoringDuration.Record(elapsed.TotalSeconds);
            spans?.SetTag("hnm.model.version", scores.Version).SetTag("hnm.batch.examples", rows.Length);
            Sender.Tell(new ScoreReply.Scored(scores, elapsed));
        }
        catch (Exception e)
        {
            scores?.Dispose();
            Sender.Tell(new ScoreReply.Failed($"{e.GetType().Name}: {e.Message}"));
            throw;
        }
    }

    private void Predict(PredictionRequest request)
    {
        // The sender releases its reference after the timeout, so that this one may be the last.
        if (!request.Model.Snapshot.TryAcquire())
        {
            Sender.Tell(new ScoreReply.Failed("The request has timed out."));
            return;
        }

        using var model = request.Model.Snapshot;
        var batch = request.Batch;
        try
        {
            using var turn = batch.SuspectedRange < 0 ? _lanes.Enter() : _lanes.EnterAlone();
            using var call = _nativeCalls.Begin(_worker, NativeWork.Scoring, batch.Spans, batch.Incomplete, batch.SuspectedRange >= 0);
            var start = _time.GetTimestamp();
            _servedReplica ??= _createReplica();
            // Not by the number of the version: a folder of models may have those of several runs.
            if (!ReferenceEquals(_served, model))
                _servedReplica.Adopt(model);
            _served = model;
            var rows = batch.Unlabeled!;
            var outputs = new float[rows.Count * _outputWidth];
            _servedReplica.Predict(rows, [.. Enumerable.Range(0, rows.Count)], outputs);
            var elapsed = _time.GetElapsedTime(start);
            PipelineInstruments.PredictionDuration.Record(elapsed.TotalSeconds);
            Sender.Tell(new ScoreReply.Predicted(new BatchPredictions(outputs, _outputWidth, model.Version, request.Model.Card), elapsed));
        }
        catch (Exception e)
        {
            Sender.Tell(new ScoreReply.Failed($"{e.GetType().Name}: {e.Message}"));
            throw;
        }
    }

    private void Score(RowBuffer rows, ReadOnlySpan<int> chosen, BatchScores scores)
    {
        for (var from = 0; from < chosen.Length;)
        {
            var count = Math.Min(_batchSize.MaxRows, chosen.Length - from);
            try
            {
                _replica!.Score(rows, chosen.Slice(from, count), scores.Outputs.Slice(from * _outputWidth, count * _outputWidth), scores.Hardness.Slice(from, count));
                from += count;
            }
            catch (Exception e) when (_batchSize.TryHalve(count, e))
            {
                // The loop retries the same rows in smaller pieces.
            }
        }
    }

    private void Adopt(ModelSnapshot? requested)
    {
        _replica ??= _createReplica();
        using var newest = requested is null ? _publisher!.Acquire() : null;
        var version = requested ?? newest!;
        if (version.Version != _replica.Version)
            _replica.Adopt(version);
    }
}
