using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Ranking.Stages;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Ranking.Stages;

/// <summary>Tests of the ranking stage of exact mode with a test in the place of the trainer.</summary>
public sealed class ExactRankingTests : IAsyncLifetime
{
    private const int Size = 8;
    private const int Batches = 4;

    private readonly ActorSystem _actors = ActorSystem.Create("exact-ranking");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _actors.Terminate();

    [Theory(Timeout = 60_000)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task No_round_is_lost_if_the_trainer_starts_after_the_stream(int overlap)
    {
        var options = new PipelineOptions { Mode = "exact", Overlap = overlap };
        (options.Mix.BatchSize, options.Limiter.MinExamples, options.Limiter.ExamplesPerStep) = (4, 0, Size);
        var port = new RankingPort();
        var ranker = new Ranker(Stream.Task, options.ToRankerSettings(), new MiningBudget(options.ToBudgetSettings()));
        var parts = new RankingParts(ranker, port, static _ => { }, new BaselineRounds(enabled: false, 0), TimeProvider.System);
        using var materializer = _actors.Materializer();
        var ended = Source.From(Enumerable.Range(0, Batches).Select(static number => Batch(number)))
            .Via(new RankingStage(stage => new ExactRanking(stage, parts, overlap, [])))
            .RunWith(Sink.Ignore<IReadOnlyList<StreamPosition>>(), materializer);
        while (await ConsumedAsync(port) == 0)
            await Task.Yield();
        // Each question is a turn of the stage, in which it could take the next batch.
        for (var turn = 0; turn < 200; turn++)
            Assert.Equal(Size, await ConsumedAsync(port));

        using var trainer = Inbox.Create(_actors);
        port.Tell(new RankingMessage.TrainerReady(trainer.Receiver));
        for (var number = 0; number < Batches; number++)
        {
            var round = Assert.IsType<TrainingRound>(await trainer.ReceiveAsync(TimeSpan.FromSeconds(30)));
            Assert.Equal((number, 1), (round.Number, round.Batches.Count));
            round.Batches[0].Dispose();
            port.Tell(new RankingMessage.RoundDone(new TrainedRound(number, [])));
        }

        Assert.IsType<EndOfStream>(await trainer.ReceiveAsync(TimeSpan.FromSeconds(30)));
        port.Tell(new RankingMessage.Stop());
        await ended;
    }

    private static async Task<long> ConsumedAsync(RankingPort port) => await port.AskAsync(static ranker => ranker.Status().Stream.Consumed);

    private static ExampleBatch Batch(int number)
    {
        var batch = new ExampleBatch(number, Size);
        for (var row = 0; row < Size; row++)
        {
            var (id, offset) = ($"e{number}-{row}", (number * Size) + row);
            Assert.Null(Stream.Task.Encode(Stream.Of(id, row % 2, [1, 2, 3, 4]), batch.Rows));
            batch.Sources.Add(new RowSource(ExampleKey.Of(id), id, new Origin("t", 0, offset), default, default));
            batch.Cover("t", 0, offset);
        }

        batch.After = new BatcherState(number + 1, new Xoshiro256StarStar(1).Save());
        return batch;
    }
}
