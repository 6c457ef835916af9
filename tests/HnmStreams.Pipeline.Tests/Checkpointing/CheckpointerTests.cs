using Akka.Actor;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Tests.Fixtures;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Checkpointing;

/// <summary>Tests of the conditions for writing and committing a checkpoint, with a running learner.</summary>
public sealed class CheckpointerTests : IAsyncLifetime
{
    private readonly ActorSystem _actors = ActorSystem.Create("checkpointer");
    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-checkpointer-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _actors.Terminate();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_failed_checkpoint_commits_nothing_and_the_next_one_has_the_complete_state()
    {
        var options = Options();
        options.Checkpointing.PartBytes = 10;
        await using (var run = await DurableRun.StartAsync(_actors, _folder, Stream.Task, options))
        {
            var stream = Stream.Examples(2_000).ToList();
            run.Send(stream, 0, 1_000);
            await run.UntilAsync(s => s.Ranking.Stream.Consumed == 1_000);
            var failed = await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
            Assert.Equal((0, 1), (failed.Written, failed.Failures));
            Assert.NotNull(failed.LastFailure);
            Assert.Empty(run.Positions.Committed);

            run.Send(stream, 1_000, 2_000);
            await run.UntilAsync(s => s.Ranking.Stream.Consumed == 2_000);
            options.Checkpointing.PartBytes = long.MaxValue;
            var written = await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
            Assert.Equal((1, 1), (written.Written, written.Failures));
            Assert.Null(written.LastFailure);
            Assert.Equal(2_000, Assert.Single(Assert.Single(run.Positions.Committed).Positions).NextOffset);
        }

        await using var next = await DurableRun.StartAsync(_actors, _folder, Stream.Task, options);
        Assert.Equal((2_000L, 2_000L), (next.From, next.Pipeline.Status.Ranking.Stream.Consumed));
        Assert.Equal(2_000, next.Pipeline.Status.Checkpoint.Consumed);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_status_has_the_number_of_examples_in_the_checkpoint_although_more_arrive_meanwhile()
    {
        await using var run = await DurableRun.StartAsync(_actors, _folder, Stream.Task, Options());
        var stream = Stream.Examples(20_000).ToList();
        run.Send(stream, 0, stream.Count);
        CheckpointStatus written;
        do
        {
            written = await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
            Assert.Equal(run.Positions.Committed.Last().Positions.Sum(position => position.NextOffset), written.Consumed);
        }
        while (written.Consumed < stream.Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task Waits_for_the_dead_letters_below_the_positions()
    {
        var acknowledged = new TaskCompletionSource();
        var deadLetters = new MemoryDeadLetters { Acknowledged = acknowledged.Task };
        await using var run = await DurableRun.StartAsync(_actors, _folder, Stream.Task, Options(), deadLetters);
        run.SendTo(0, Stream.Of("too-short", 0, 1, 2), 0);
        run.SendTo(0, Stream.Examples(1).Single(), 1);
        await run.UntilAsync(s => s.Ranking.Stream.Consumed == 1);
        Assert.Single(deadLetters.All);

        var saving = run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        // Enough records are processed for a checkpoint that would not wait.
        run.Send([.. Stream.Examples(3_000)], 2, 3_000);
        await run.UntilAsync(s => s.Ranking.Stream.Consumed == 2_999);
        Assert.False(saving.IsCompleted);
        Assert.Empty(run.Positions.Committed);
        Assert.Null(new CheckpointFolder(_folder, new CheckpointingOptions(), TimeProvider.System).LoadNewest().Found);

        acknowledged.SetResult();
        Assert.Equal(1, (await saving).Written);
        Assert.Single(run.Positions.Committed);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_promoted_model_survives_a_restart()
    {
        var options = Options();
        options.Evaluation.HeldOutShare = 0.2;
        RegistryStatus before;
        await using (var run = await DurableRun.StartAsync(_actors, _folder, Stream.Task, options))
        {
            run.Send([.. Stream.Examples(4_000)], 0, 4_000);
            await run.UntilAsync(s => s.Ranking.Stream.Consumed == 4_000 && s.Training.Steps > 0);
            await run.Pipeline.EvaluateAsync(TestContext.Current.CancellationToken);
            before = run.Pipeline.Questions.Models();
            Assert.NotNull(before.Best);
            Assert.Equal(1, (await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken)).Written);
        }

        await using var next = await DurableRun.StartAsync(_actors, _folder, Stream.Task, options);
        var after = next.Pipeline.Questions.Models();
        Assert.Equal((before.Best, before.Promoted!.Version, before.Promoted.Consumed), (after.Best, after.Promoted!.Version, after.Promoted.Consumed));
        Assert.Equal(before.Decisions, after.Decisions);
    }

    private static PipelineOptions Options()
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 5 };
        options.Batching.Size = 100;
        options.Evaluation.HeldOutShare = 0;
        options.Evaluation.Interval = TimeSpan.FromMinutes(10);
        options.Checkpointing.Every = TimeSpan.FromMinutes(10);
        return options;
    }
}
