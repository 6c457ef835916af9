using Akka.Streams;
using Akka.Streams.Stage;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Telemetry;

namespace HnmStreams.Pipeline.Batching;

/// <summary>A graph stage that turns chunks into batches by size, and by linger time if the stream is slow. A thin shell around <see cref="Batcher"/>.</summary>
/// <param name="linger">Infinite if batch boundaries must depend on the records only.</param>
internal sealed class BatchStage(Batcher batcher, TimeSpan linger) : GraphStage<FlowShape<RecordChunk, ExampleBatch>>
{
    private readonly Inlet<RecordChunk> _in = new("BatchStage.in");
    private readonly Outlet<ExampleBatch> _out = new("BatchStage.out");

    public override FlowShape<RecordChunk, ExampleBatch> Shape => new(_in, _out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, batcher, linger);

    private sealed class Logic : TimerGraphStageLogic
    {
        private const string Linger = "linger";
        private readonly Queue<ExampleBatch> _ready = new();
        private readonly BatchStage _stage;
        private readonly Batcher _batcher;
        private readonly TimeSpan _linger;

        public Logic(BatchStage stage, Batcher batcher, TimeSpan linger)
            : base(stage.Shape)
        {
            (_stage, _batcher, _linger) = (stage, batcher, linger);
            SetHandler(stage._in, OnPush, OnUpstreamFinish);
            SetHandler(stage._out, EmitOrPull);
        }

        public override void PostStop()
        {
            foreach (var batch in _ready)
                batch.Dispose();
            _batcher.Cut()?.Dispose();
        }

        protected override void OnTimer(object timerKey)
        {
            // An incomplete batch is emitted only if there is demand; without demand, waiting makes the batch larger.
            if (_batcher.HasOpenBatch && IsAvailable(_stage._out))
            {
                _ready.Enqueue(_batcher.Cut()!);
                Emit();
            }
            else if (_batcher.HasOpenBatch)
            {
                ScheduleOnce(Linger, _linger);
            }
        }

        private void OnPush()
        {
            using (var chunk = Grab(_stage._in))
                _batcher.Take(chunk, _ready);

            if (_batcher.HasOpenBatch && _linger != Timeout.InfiniteTimeSpan && !IsTimerActive(Linger))
                ScheduleOnce(Linger, _linger);
            else if (!_batcher.HasOpenBatch)
                CancelTimer(Linger);
            EmitOrPull();
        }

        private void OnUpstreamFinish()
        {
            if (_batcher.CutLast() is { } last)
                _ready.Enqueue(last);
            if (_ready.Count == 0)
                CompleteStage();
            else if (IsAvailable(_stage._out))
                Emit();
        }

        private void EmitOrPull()
        {
            if (_ready.Count > 0)
            {
                if (IsAvailable(_stage._out))
                    Emit();
            }
            else if (!IsClosed(_stage._in) && !HasBeenPulled(_stage._in))
            {
                Pull(_stage._in);
            }
        }

        private void Emit()
        {
            var batch = _ready.Dequeue();
            batch.Span = PipelineInstruments.StartBatch(batch);
            Push(_stage._out, batch);
            if (_ready.Count == 0 && IsClosed(_stage._in))
                CompleteStage();
        }
    }
}
