using Akka.Streams;
using Akka.Streams.Stage;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Ranking.Stages;

/// <summary>
/// The stage that takes batches into the <see cref="Ranker"/> in order, handles messages of the port between them, and emits the
/// positions. The mode decides when training steps follow: <see cref="LiveRanking"/>, <see cref="ExactRanking"/>.
/// </summary>
internal sealed class RankingStage(Func<RankingStage, RankingLogic> logic) : GraphStage<FlowShape<ExampleBatch, IReadOnlyList<StreamPosition>>>
{
    public Inlet<ExampleBatch> In { get; } = new("Ranking.in");

    public Outlet<IReadOnlyList<StreamPosition>> Out { get; } = new("Ranking.out");

    public override FlowShape<ExampleBatch, IReadOnlyList<StreamPosition>> Shape => new(In, Out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => logic(this);
}
