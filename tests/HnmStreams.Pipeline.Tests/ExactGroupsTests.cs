using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Tests.Fixtures;

namespace HnmStreams.Pipeline.Tests;

/// <summary>Tests of exact mode with a grouped task: its index, its mined negatives and its cross-batch memory are part of the state.</summary>
public sealed class ExactGroupsTests : IAsyncLifetime
{
    private const int Length = 3_600;

    private static readonly IReadOnlyList<Example> Input = [.. People.Examples(Length)];

    private readonly ActorSystem _actors = ActorSystem.Create("groups");
    private readonly string _root = Directory.CreateTempSubdirectory("hnm-groups-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _actors.Terminate();
        Directory.Delete(_root, recursive: true);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData(1)]
    public Task A_killed_and_resumed_run_ends_with_the_same_bits(int overlap) =>
        ResumedRun.AssertSameBitsAsync(_actors, _root, static () => People.Task(), () => Options(overlap), Input, [(900, 600), (1_700, 1_300)], static run =>
        {
            var status = run.Pipeline.Status;
            // Ensures that negatives were mined and evaluated. Otherwise equality would prove little.
            Assert.True(status is { Training.Steps: > 50, Ranking.Pool.Count: > 20, Ranking.MiningAllowed: true, Ranking.Stream.HeldOut: > 0, Ranking.Index: { Kept: 80, Embedded: > 60, AgeInVersions: > 0 and < 60 } }, status.ToString());
            return Task.CompletedTask;
        });

    private static PipelineOptions Options(int overlap)
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 5, Mode = "exact", Overlap = overlap };
        options.Scoring.Count = overlap + 1;
        options.Batching.Size = 40;
        options.Pool.Count = 100;
        options.Limiter.ExamplesPerStep = 20;
        options.Limiter.MinExamples = 80;
        options.Publishing.EverySteps = 1;
        options.Evaluation.HeldOutShare = 0.3;
        options.Evaluation.Interval = TimeSpan.FromMilliseconds(100);
        options.Checkpointing.Every = TimeSpan.FromMinutes(10);
        return options;
    }
}
