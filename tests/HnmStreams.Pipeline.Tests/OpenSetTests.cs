using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Tasks.Tabular;
using Microsoft.Extensions.Logging.Abstractions;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests;

/// <summary>A stream in which a fifth of the examples belong to no class.</summary>
public sealed class OpenSetTests : IAsyncLifetime
{
    private readonly ActorSystem _actors = ActorSystem.Create("test");
    private readonly MemoryDeadLetters _deadLetters = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _actors.Terminate();

    [Fact(Timeout = 120_000)]
    public async Task Examples_of_no_class_are_evaluated_and_never_trained_on()
    {
        var task = new TabularTask(new TabularOptions { Features = 2, Hidden = [16], Positive = null, Labels = ["left", "right", "up"], Unknown = "none" });
        var options = new PipelineOptions { Device = "cpu", Seed = 3 };
        options.Batching.Size = 100;
        options.Mix.BatchSize = 16;
        options.Limiter.ExamplesPerStep = 50;
        options.Limiter.MinExamples = 0;
        options.Limiter.MaxDebtSteps = 1e6;
        options.Training.LearningRate = 1e-2;
        options.Evaluation.Interval = TimeSpan.FromMinutes(10);
        options.Evaluation.HeldOutShare = 0.1;
        var feed = Stream.Feed(Stream.Chunks(Examples(20_000)));
        await using var pipeline = await MiningPipeline.StartAsync(
            _actors, options, task, new PipelineInputs(feed, _deadLetters, _deadLetters, new ExampleDecoder(new WireLimits())), TimeProvider.System, NullLoggerFactory.Instance);
        await pipeline.Completion;
        var report = await pipeline.EvaluateAsync(TestContext.Current.CancellationToken);

        // A step on a label beyond the classes would be refused.
        Assert.Equal((20_000, 0L, 400L), (pipeline.Status.Ranking.Stream.Consumed, pipeline.Status.Training.RefusedSteps, pipeline.Status.Training.Steps));
        Assert.True(report.HeldOut["accuracy"] > 0.95, $"accuracy {report.HeldOut["accuracy"]}");
        Assert.InRange(report.HeldOut["openSetBaseRate"], 0.1, 0.3);
        Assert.True(report.HeldOut["openSetAveragePrecision"] > 0.8, $"AP {report.HeldOut["openSetAveragePrecision"]}");
        Assert.InRange(report.Prequential["openSetBaseRate"], 0.1, 0.3);
        var hardest = await pipeline.Questions.HardestAsync(1_000, TestContext.Current.CancellationToken);
        Assert.NotEmpty(hardest);
        Assert.All(hardest, candidate => Assert.NotEqual(3, candidate.Label));
    }

    // Three directions from the center. Examples of no class are between them.
    private static IEnumerable<Example> Examples(int count)
    {
        string[] names = ["left", "right", "up", "none"];
        (float X, float Y)[] centers = [(-1, -0.6f), (1, -0.6f), (0, 1.2f), (0, 0)];
        var generator = new Xoshiro256StarStar(1);
        for (var i = 0; i < count; i++)
        {
            var of = i % 5 == 4 ? 3 : (int)(generator.NextDouble() * 3);
            var (x, y) = centers[of];
            yield return Stream.Of($"e-{i}", 0, x + Noise(), y + Noise()) with { Target = new Target.Label(names[of]) };
        }

        float Noise() => (float)((generator.NextDouble() - 0.5) * 0.6);
    }
}
