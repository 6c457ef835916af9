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
        private readonly BatchStage _stage;
        private readonly Batcher _batcher;
        private readonly TimeSpan _linger;

        public Logic(BatchStage stage, Batcher batcher, TimeSpan linger)
            : base(stage.Shape)
        {
            (_stage, _batcher, _linger) = (stage, batcher, linger);
            SetHandler(stage._in, OnPush, OnUpstreamFinish);
            SetHandler(stage._out, Advance);
        }

        public override void PostStop() => _batcher.Dispose();

        protected override void OnTimer(object timerKey)
        {
            // An incomplete batch is emitted only if there is demand; without demand, waiting makes the batch larger.
            if (_batcher.HasOpenBatch && IsAvailable(_stage._out))
                Emit(_batcher.EndBatch()!);
            else if (_batcher.HasOpenBatch)
                ScheduleOnce(Linger, _linger);
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
                CancelTimer(Linger);
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
                if (_batcher.HasOpenBatch && _linger != Timeout.InfiniteTimeSpan && !IsTimerActive(Linger))
                    ScheduleOnce(Linger, _linger);
                if (!HasBeenPulled(_stage._in))
                    Pull(_stage._in);
            }
        }

        private void Emit(ExampleBatch batch)
        {
            batch.BatchSpans = PipelineSpans.StartBatch(batch);
            Push(_stage._out, batch);
        }
    }
}
