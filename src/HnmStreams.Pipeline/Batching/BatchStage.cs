using Akka.Streams;
using Akka.Streams.Stage;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Pipeline.Batching;

/// <summary>A graph stage that turns chunks into batches by size, and by linger time if the stream is slow. A thin shell around <see cref="Batcher"/>.</summary>
/// <param name="linger">Infinite if batch boundaries must depend on the records only.</param>
/// <param name="predictionLinger">The linger time of batches in which an example waits for its prediction. At most <paramref name="linger"/>; not used if that is infinite.</param>
internal sealed class BatchStage(Batcher batcher, TimeSpan linger, TimeSpan predictionLinger, TimeProvider time) : GraphStage<FlowShape<RecordChunk, ExampleBatch>>
{
    private readonly Inlet<RecordChunk> _in = new("BatchStage.in");
    private readonly Outlet<ExampleBatch> _out = new("BatchStage.out");

    public override FlowShape<RecordChunk, ExampleBatch> Shape => new(_in, _out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, batcher, linger, predictionLinger, time);

    private sealed class Logic : GraphStageLogic
    {
        // Without demand the linger time passed. The next chunk is given a moment, because it may be waiting already.
        private static readonly TimeSpan OverdueLinger = TimeSpan.FromMilliseconds(1);

        private readonly BatchStage _stage;
        private readonly Batcher _batcher;
        private readonly TimeSpan _linger;
        private readonly TimeSpan _predictionLinger;
        private readonly TimeProvider _time;
        private readonly Action<long> _onTimer;

        // Not Akka's timers: their resolution of 10 ms exceeds the linger time of predictions.
        private ITimer? _timer;
        private long _timerNumber;
        private TimeSpan _scheduled;
        private bool _isOverdue;

        public Logic(BatchStage stage, Batcher batcher, TimeSpan linger, TimeSpan predictionLinger, TimeProvider time)
            : base(stage.Shape)
        {
            (_stage, _batcher, _linger, _time) = (stage, batcher, linger, time);
            _predictionLinger = predictionLinger < linger ? predictionLinger : linger;
            _onTimer = GetAsyncCallback<long>(OnTimer);
            SetHandler(stage._in, OnPush, OnUpstreamFinish);
            SetHandler(stage._out, Advance);
        }

        public override void PostStop()
        {
            CancelTimer();
            _batcher.Dispose();
        }

        private void OnTimer(long number)
        {
            // A timer may fire while it is canceled.
            if (number != _timerNumber || _timer is null)
                return;
            CancelTimer();
            // An incomplete batch is emitted only if there is demand; without demand, waiting makes the batch larger.
            if (!_batcher.HasOpenBatch)
                return;
            if (IsAvailable(_stage._out))
                Emit(_batcher.EndBatch()!);
            else
                _isOverdue = true;
        }

        private void OnPush()
        {
            _batcher.Load(Grab(_stage._in));
            Advance();
        }

        // The rest of a chunk may be waiting for demand.
        private void OnUpstreamFinish() => Advance();

        private void Advance()
        {
            if (!IsAvailable(_stage._out))
                return;
            if (_batcher.Next() is { } full)
            {
                Emit(full);
            }
            else if (IsClosed(_stage._in))
            {
                if (_batcher.EndLastBatch() is { } last)
                    Emit(last);
                CompleteStage();
            }
            else
            {
                if (_batcher.HasOpenBatch && _linger != Timeout.InfiniteTimeSpan)
                    StartTimer(_isOverdue ? OverdueLinger : _batcher.IsPredictionAwaited ? _predictionLinger : _linger);
                if (!HasBeenPulled(_stage._in))
                    Pull(_stage._in);
            }
        }

        // An example that waits for its prediction may join a batch that lingers for longer.
        private void StartTimer(TimeSpan after)
        {
            if (_timer is not null && _scheduled <= after)
                return;
            CancelTimer();
            _scheduled = after;
            var number = ++_timerNumber;
            _timer = _time.CreateTimer(_ => _onTimer(number), null, after, Timeout.InfiniteTimeSpan);
        }

        private void CancelTimer()
        {
            _timer?.Dispose();
            _timer = null;
        }

        private void Emit(ExampleBatch batch)
        {
            CancelTimer();
            _isOverdue = false;
            batch.BatchSpans = PipelineSpans.StartBatch(batch);
            Push(_stage._out, batch);
        }
    }
}
