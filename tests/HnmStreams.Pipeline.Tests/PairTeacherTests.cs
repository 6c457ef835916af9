using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Tests.Fixtures;

namespace HnmStreams.Pipeline.Tests;

/// <summary>Tests of a running learner whose mined pairs are checked by a cross-encoder.</summary>
public sealed class PairTeacherTests : IAsyncLifetime
{
    private const int Length = 3_000;

    private static readonly IReadOnlyList<Example> Input = [.. TopicFolder.Examples(Length)];

    private readonly ActorSystem _actors = ActorSystem.Create("pairs");
    private readonly string _root = Directory.CreateTempSubdirectory("hnm-pairs-").FullName;
    private readonly TopicFolder _topics = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _actors.Terminate();
        _topics.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData(1)]
    public Task A_resumed_run_in_exact_mode_ends_with_the_same_bits_and_false_negatives_are_in_the_quarantine(int overlap) =>
        ResumedRun.AssertSameBitsAsync(_actors, _root, () => _topics.Task(), () => Options("exact", overlap), Input, [(1_100, 800), (1_900, 1_500)], AssertHeldBackAsync);

    [Fact(Timeout = 120_000)]
    public async Task A_run_in_live_mode_trains_all_steps_that_it_owes()
    {
        await using var run = await DurableRun.StartAsync(_actors, Path.Combine(_root, "live"), _topics.Task(), Options("live", 0));
        run.Send(Input, 0, Length);
        await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        await run.EndAsync();
        await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        await AssertHeldBackAsync(run);
    }

    private static async Task AssertHeldBackAsync(DurableRun run)
    {
        var status = run.Pipeline.Status;
        Assert.True(status is { Training.Steps: > 50, Ranking.MiningAllowed: true, Ranking.Teacher: { Checked: > 200, HeldBack: > 20, Computed: > 0 } }, status.ToString());
        var suspects = await run.Pipeline.Questions.QuarantinedAsync(TestContext.Current.CancellationToken);
        Assert.True(suspects.Count > 0, status.ToString());
        // Only texts of a topic with two groups can be mistaken.
        Assert.All(suspects, static suspect => Assert.Equal(0, TopicFolder.TopicOf(suspect.Id) % 2));
        Assert.All(suspects, static suspect => Assert.Contains("the teacher finds it relevant to '", suspect.Quarantine!.Reason, StringComparison.Ordinal));
    }

    private static PipelineOptions Options(string mode, int overlap)
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 5, Mode = mode, Overlap = overlap };
        options.Scoring.Count = overlap + 1;
        options.Batching.Size = 40;
        options.Pool.Count = 100;
        options.Limiter.ExamplesPerStep = 20;
        options.Limiter.MinExamples = 80;
        options.Limiter.MaxDebtSteps = 1_000;
        options.Publishing.EverySteps = 1;
        options.Training.LearningRate = 0.02;
        options.Evaluation.HeldOutShare = 0.2;
        options.Evaluation.Interval = TimeSpan.FromMilliseconds(100);
        options.Checkpointing.Every = TimeSpan.FromMinutes(10);
        return options;
    }
}
