using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Stage;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Batching;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Pipeline.Training;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>
/// Takes batches into the <see cref="Ranker"/> in order, answers the trainer's draws between them, and hands on the
/// watermarks. Live: a trainer that is slow is never waited for while the stream flows. When the stream has ended, the
/// steps still owed are done first.
/// </summary>
internal sealed class RankingStage(Ranker ranker, RankingPort port, Action<RankingStatus> publishStatus)
    : GraphStage<FlowShape<ExampleBatch, IReadOnlyList<Watermark>>>
{
    private readonly Inlet<ExampleBatch> _in = new("Ranking.in");
    private readonly Outlet<IReadOnlyList<Watermark>> _out = new("Ranking.out");

    public override FlowShape<ExampleBatch, IReadOnlyList<Watermark>> Shape => new(_in, _out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, ranker, port, publishStatus);

    private sealed class Logic : GraphStageLogic
    {
        private readonly RankingStage _stage;
        private readonly Ranker _ranker;
        private readonly RankingPort _port;
        private readonly Action<RankingStatus> _publishStatus;
        private IActorRef? _waitingTrainer;
        private bool _streamEnded;

        public Logic(RankingStage stage, Ranker ranker, RankingPort port, Action<RankingStatus> publishStatus)
            : base(stage.Shape)
        {
            (_stage, _ranker, _port, _publishStatus) = (stage, ranker, port, publishStatus);
            SetHandler(stage._in, OnPush, OnUpstreamFinish);
            SetHandler(stage._out, onPull: () =>
            {
                if (!_streamEnded)
                    Pull(stage._in);
            });
        }

        public override void PreStart()
        {
            // Questions are answered until the pipeline is disposed, also when the stream has ended.
            SetKeepGoing(true);
            _port.Open(GetAsyncCallback<RankingMessage>(Handle));
        }

        public override void PostStop() => _ranker.Dispose();

        private void OnPush()
        {
            IReadOnlyList<Watermark> watermarks;
            using (var batch = Grab(_stage._in))
            using (PipelineInstruments.StartStage("hnm.rank", batch.Trace))
            {
                _ranker.TakeIn(batch);
                var status = _ranker.Status();
                _publishStatus(status);
                watermarks = status.Watermarks;
            }

            ServeTrainer();
            Push(_stage._out, watermarks);
        }

        // The trainer may be in a step: the stage ends when it comes back and nothing is owed any more.
        private void OnUpstreamFinish()
        {
            _streamEnded = true;
            ServeTrainer();
        }

        private void Handle(RankingMessage message)
        {
            switch (message)
            {
                case RankingMessage.Draw draw:
                    _waitingTrainer = draw.Trainer;
                    ServeTrainer();
                    break;
                case RankingMessage.Feedback feedback:
                    _ranker.TakeFeedback(feedback.Step);
                    break;
                case RankingMessage.Hardest hardest:
                    hardest.Answer.TrySetResult(_ranker.Hardest(hardest.Top));
                    break;
                case RankingMessage.Outlook outlook:
                    outlook.Answer.TrySetResult(Outlook.Of(_ranker));
                    break;
                case RankingMessage.Stop:
                    CompleteStage();
                    break;
            }
        }

        private void ServeTrainer()
        {
            if (_waitingTrainer is not { } trainer)
                return;
            if (_ranker.TryDrawRound() is { } round)
            {
                _waitingTrainer = null;
                trainer.Tell(round);
            }
            else if (_streamEnded)
            {
                _publishStatus(_ranker.Status());
                _waitingTrainer = null;
                trainer.Tell(EndOfStream.Instance);
                Complete(_stage._out);
            }
        }
    }
}
