using System.Diagnostics;
using Akka.Actor;
using HnmStreams.Pipeline.Checkpointing.Crashes;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Tuning;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking.Stages;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Torch.Learning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Pipeline.Training;

/// <summary>
/// The actor that owns the weights, the optimizer and the version counter. It trains on one drawn batch after the other, on its own thread.
/// It is not restarted in place after a failure, because old weights would then be combined with newer positions.
/// </summary>
internal sealed class TrainerActor : ReceiveActor
{
    private const double LossDecay = 0.98;

    private readonly Func<TunedSettings, Learner>? _createTuned;
    private readonly RateFactorLog _rate;
    private readonly RankingPort _ranking;
    private readonly SnapshotPublisher _publisher;
    private readonly ComputeLanes _lanes;
    private readonly TimeProvider _time;
    private readonly int _publishEvery;
    private readonly Action<TrainerStatus> _publishStatus;
    private readonly ExactTraining? _exact;
    private readonly NativeCallTracker _nativeCalls;
    private readonly int _worker;
    private readonly AdaptiveBatchSize _batchSize = new("trainer");
    private readonly List<ActivityContext> _stepsSincePublish = [];
    private Learner _learner;
    private TrainerStatus _status;
    private int _appliedSincePublish;
    private bool _ended;
    private IActorRef? _finishAsker;

    /// <param name="learner">Built on the caller's thread; afterwards used and disposed by this actor only.</param>
    /// <param name="from">The state of the checkpoint that the learner resumes from, or the initial state.</param>
    /// <param name="exact">Null in live mode.</param>
    /// <param name="createTuned">Creates a learner with other settings, for the state of a challenger that takes the place of this one; null without tuning.</param>
    public TrainerActor(
        Learner learner,
        RankingPort ranking,
        SnapshotPublisher publisher,
        ComputeLanes lanes,
        TimeProvider time,
        PublishingOptions publishing,
        Action<TrainerStatus> publishStatus,
        TrainerStart from,
        ExactTraining? exact,
        NativeCallTracker nativeCalls,
        Func<TunedSettings, Learner>? createTuned = null,
        ILogger? logger = null)
    {
        (_learner, _ranking, _publisher, _lanes, _time) = (learner, ranking, publisher, lanes, time);
        (_publishEvery, _publishStatus, _exact) = (publishing.EverySteps, publishStatus, exact);
        (_nativeCalls, _worker) = (nativeCalls, nativeCalls.Rent());
        (_status, _appliedSincePublish, _createTuned) = (from.Status with { RateFactor = learner.RateFactor }, from.AppliedSincePublish, createTuned);
        _rate = new RateFactorLog(logger ?? NullLogger.Instance);
        Receive<TrainingRound>(Learn);
        Receive<CheckpointMarker>(marker => Capture(marker.Request));
        Receive<ForkLearner>(fork => fork.Receiver.Tell(new LearnerFork(fork.Trial, _learner.Capture())));
        Receive<SnapshotRequest>(request => request.Receiver.Tell(new LearnerSnapshot(request.Comparison, LearnerSnapshot.Champion, _learner.Current(), 0, 0)));
        Receive<TakeOver>(Adopt);
        Receive<EndOfStream>(_ => End());
        Receive<Finish>(_ =>
        {
            _finishAsker = Sender;
            AnswerFinish();
        });
    }

    protected override void PreStart() => _ranking.Tell(new RankingMessage.TrainerReady(Self));

    protected override void PostStop() => _learner.Dispose();

    private void Learn(TrainingRound round)
    {
        TrainingTurn.Run(round.Batches, _lanes, _nativeCalls.Plan, Learn);
        if (_exact is null)
            _ranking.Tell(new RankingMessage.TrainerReady(Self));
        else
            EndRound(round.Number, _exact);
    }

    /// <summary>Publishes and sends feedback once per batch, so that scoring and ranking of the next batch do not depend on thread timing.</summary>
    private void EndRound(long number, ExactTraining exact)
    {
        if (_appliedSincePublish >= _publishEvery)
            Publish();
        exact.Versions.Publish(new PublishedVersion(number, _publisher.Acquire()));
        _ranking.Tell(new RankingMessage.RoundDone(exact.End(number)));
    }

    private void Capture(CheckpointRequest request)
    {
        var start = _time.GetTimestamp();
        var versions = _exact?.Versions.Capture() ?? [new PublishedVersion(0, _publisher.Acquire())];
        var capture = new TrainerCapture(_learner.Capture(), _status, _appliedSincePublish, versions, _exact?.Pending ?? []);
        PipelineInstruments.CheckpointStall.Record(_time.GetElapsedTime(start).TotalSeconds, new KeyValuePair<string, object?>("owner", "trainer"));
        request.Add(capture);
    }

    /// <summary>Continues with the state and the settings of a challenger. Versions continue to count up.</summary>
    private void Adopt(TakeOver winner)
    {
        using var state = winner.State;
        if (_ended || _createTuned is null)
            return;
        var learner = _createTuned(winner.Settings);
        learner.Restore(state with { Counters = state.Counters with { Version = _learner.Version, RefusedSteps = _learner.RefusedSteps } });
        _learner.Dispose();
        _learner = learner;
        Publish();
    }

    /// <summary>Takes one step on the batch, or one step per half if the device's memory is too small for all of it.</summary>
    private void Learn(TrainingBatch batch)
    {
        var count = batch.Rows.Count;
        try
        {
            if (count <= _batchSize.MaxRows)
            {
                Step(batch);
                return;
            }
        }
        catch (Exception e) when (_batchSize.TryHalve(count, e))
        {
            // Falls through to training on the same rows in two halves.
        }

        // Alternating rows, so that each half has rows of every origin.
        for (var half = 0; half < 2; half++)
        {
            using var part = batch.Of(Enumerable.Range(0, count).Where(row => row % 2 == half));
            Learn(part);
        }
    }

    private void Step(TrainingBatch batch)
    {
        using var call = _nativeCalls.Begin(_worker, NativeWork.Training, batch.Origins);
        using var spans = PipelineSpans.StartStep(batch);
        var start = _time.GetTimestamp();
        var outcome = _learner.Step(batch.Rows);
        var elapsed = _time.GetElapsedTime(start);
        PipelineInstruments.TrainingDuration.Record(elapsed.TotalSeconds);
        PipelineInstruments.Steps.Add(1, new KeyValuePair<string, object?>("outcome", outcome.Applied ? "applied" : "refused"));
        Describe(spans, batch, outcome);
        UpdateStatus(batch, outcome, elapsed);
        if (!outcome.Applied)
        {
            spans?.Fail(outcome.Refusal);
            return;
        }

        _stepsSincePublish.AddRange(spans?.Spans.OfType<Activity>().Select(span => span.Context) ?? []);
        _appliedSincePublish++;
        if (_exact is not null)
        {
            _exact.Add(new StepFeedback(batch.Keys, outcome.Hardness, _learner.Version, outcome.Embeddings));
            return;
        }

        if (_appliedSincePublish >= _publishEvery)
            Publish();
        _ranking.Tell(new RankingMessage.Feedback(new StepFeedback(batch.Keys, outcome.Hardness, _learner.Version, outcome.Embeddings)));
    }

    private void Describe(SpanGroup? spans, TrainingBatch batch, in StepOutcome outcome)
    {
        if (spans is null)
            return;
        spans.SetTag("hnm.train.step", _learner.Steps).SetTag("hnm.train.loss", outcome.MeanLoss);
        for (var i = 0; i < spans.Spans.Count && outcome.Applied; i++)
            spans.Spans[i]?.SetTag("hnm.hardness", outcome.Hardness[batch.Traces[i].Row]);
    }

    private void UpdateStatus(TrainingBatch batch, in StepOutcome outcome, TimeSpan elapsed)
    {
        var loss = !outcome.Applied ? _status.Loss
            : _status.Loss is { } before ? (LossDecay * before) + ((1 - LossDecay) * outcome.MeanLoss)
            : outcome.MeanLoss;
        _status = new TrainerStatus(
            _learner.Steps,
            _learner.RefusedSteps,
            _status.TrainedRows + (outcome.Applied ? batch.Rows.Count : 0),
            _learner.Version,
            loss,
            _status.Seconds + elapsed.TotalSeconds)
        {
            RateFactor = _learner.RateFactor,
        };
        _rate.Note(_learner.Steps, _status.RateFactor);
        _publishStatus(_status);
    }

    private void Publish()
    {
        using var spans = PipelineSpans.StartPublishing(_stepsSincePublish);
        _publisher.Publish(_learner.Publish());
        _appliedSincePublish = 0;
        _stepsSincePublish.Clear();
        _status = _status with { ModelVersion = _learner.Version };
        _publishStatus(_status);
        PipelineInstruments.Published.Add(1);
        spans?.SetTag("hnm.model.version", _learner.Version);
    }

    private void End()
    {
        _ended = true;
        // In exact mode a version depends on the number of steps only; otherwise the end of one run would shift the versions of the next.
        if (_appliedSincePublish > 0 && _exact is null)
            Publish();
        AnswerFinish();
    }

    private void AnswerFinish()
    {
        if (_ended)
            _finishAsker?.Tell(new Finished(_learner.Version));
    }
}
