using System.Threading.Channels;
using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Pipeline.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests;

/// <summary>Tests of streams with unlabeled examples: their predictions in the complete graph.</summary>
public sealed class PredictionTests : IAsyncLifetime
{
    private readonly ActorSystem _actors = ActorSystem.Create("predictions");
    private readonly MemoryDeadLetters _deadLetters = new();
    private readonly MemoryPredictions _predictions = new();
    private readonly Channel<RecordChunk> _feed = Channel.CreateUnbounded<RecordChunk>();
    private long _offset;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _actors.Terminate();

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Predictions_and_requests_to_score_agree_in_every_bit(bool gated)
    {
        await using var pipeline = await StartAsync(gated);
        Send(Stream.Examples(5_000));
        // All steps are taken, so that the newest version stays: unlabeled examples allow no steps.
        await UntilAsync(pipeline, s => s.Training is { Steps: 5_000 / 50, ModelVersion: 5_000 / 50 / 4 });
        await pipeline.EvaluateAsync(TestContext.Current.CancellationToken);
        // Batches of 100 and of 7: neither may change a bit.
        var inputs = Stream.Examples(307, seed: 5).Select(e => e with { Id = "u" + e.Id, Target = Target.None.Instance }).ToList();
        Send(inputs);
        _feed.Writer.Complete();
        await pipeline.Completion;

        Assert.Equal(inputs.Select(e => e.Id), _predictions.All.Select(p => p.Id));
        var versions = _predictions.All.Select(p => p.ModelVersion).Distinct().ToList();
        Assert.All(_predictions.All, p => Assert.Equal(gated, p.Promoted));
        var scored = await pipeline.Questions.ScoreAsync([.. inputs.Select(e => e with { Target = new Target.ClassIndex(0) })], TestContext.Current.CancellationToken);
        Assert.Equal([scored.ModelVersion], versions);
        foreach (var (prediction, item) in _predictions.All.Zip(scored.Items))
        {
            Assert.Equal(item.Outputs.Select(BitConverter.SingleToInt32Bits), prediction.Outputs.Select(BitConverter.SingleToInt32Bits));
            Assert.Equal(item.Probabilities, prediction.Probabilities);
            Assert.Equal(item.Calibrated, prediction.Calibrated);
        }

        var stream = pipeline.Status.Ranking.Stream;
        Assert.Equal((5_307L, 307L, 0L), (stream.Consumed, stream.Predicted, stream.NotPredicted));
        Assert.Equal(5_000, stream.Scored + stream.HeldOut);
        Assert.True(pipeline.Status.Scoring.PredictingSeconds > 0);
        Assert.Equal(307, pipeline.Status.Scoring.Latency?.Total.Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task Labels_are_counted_and_change_nothing_else()
    {
        await using var pipeline = await StartAsync(gated: false);
        Send(Stream.Examples(500).Select(e => e with { Input = ExampleInput.None.Instance }));
        _feed.Writer.Complete();
        await pipeline.Completion;
        var stream = pipeline.Status.Ranking.Stream;
        Assert.Equal((0L, 500L, 0L), (stream.Consumed, stream.LateLabels, stream.DeadLettered));
        Assert.Equal(500, Assert.Single(_deadLetters.Positions).NextOffset);
        Assert.Empty(_predictions.All);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_example_that_waits_for_its_prediction_ends_the_linger_time_of_its_batch()
    {
        await using var pipeline = await StartAsync(gated: false, linger: TimeSpan.FromHours(1));
        Send(Stream.Examples(1));
        Send(Stream.Examples(1, seed: 5).Select(e => e with { Id = "u", Target = Target.None.Instance }));
        await UntilAsync(pipeline, s => s.Ranking.Stream is { Consumed: 2, Predicted: 1 });
        Assert.Equal("u", Assert.Single(_predictions.All).Id);
    }

    private Task<MiningPipeline> StartAsync(bool gated, TimeSpan? linger = null)
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 3 };
        options.Batching.Size = 100;
        options.Batching.Linger = linger ?? options.Batching.Linger;
        options.Mix.BatchSize = 16;
        options.Limiter.ExamplesPerStep = 50;
        options.Limiter.MinExamples = 0;
        options.Limiter.MaxDebtSteps = 1e6;
        options.Evaluation.Interval = TimeSpan.FromHours(1);
        options.Publishing.Gate = gated;
        var decoder = new ExampleDecoder(new WireLimits(), labels: LabelMode.Mixed);
        return MiningPipeline.StartAsync(
            _actors, options, Stream.Task, new PipelineInputs(_feed.Reader, _deadLetters, _deadLetters, decoder, Predictions: _predictions), TimeProvider.System, NullLoggerFactory.Instance);
    }

    private void Send(IEnumerable<Example> examples)
    {
        foreach (var part in examples.Chunk(100))
        {
            var chunk = new RecordChunk(part.Length) { ReadAt = TimeProvider.System.GetTimestamp() };
            foreach (var example in part)
                Stream.Append(chunk, _offset++, example.Id, ExampleEncoder.ToProtobuf(example));
            _feed.Writer.TryWrite(chunk);
        }
    }

    private static async Task UntilAsync(MiningPipeline pipeline, Func<PipelineStatus, bool> reached)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!reached(pipeline.Status))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(1), $"not reached: {pipeline.Status}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
