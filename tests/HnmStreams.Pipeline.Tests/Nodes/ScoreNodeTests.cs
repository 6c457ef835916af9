using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Ranking.Sharing;
using HnmStreams.Pipeline.Tests.Fixtures;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Nodes;

/// <summary>Tests of a learner whose examples are scored by other processes: real connections, real scorers, a real trainer.</summary>
public sealed class ScoreNodeTests : IAsyncLifetime
{
    private const int Length = 12_000;

    private static readonly IReadOnlyList<Example> Input = [.. Stream.Examples(Length)];

    private readonly LogLines _logs = new();
    private readonly string _root = Directory.CreateTempSubdirectory("hnm-nodes-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = 180_000)]
    public async Task Exact_mode_with_a_score_node_gives_the_same_bits_as_one_process()
    {
        var options = ExactOptions();
        var actors = ActorSystem.Create("one");
        var folder = Path.Combine(_root, "one");
        await using (var run = await DurableRun.StartAsync(actors, folder, Stream.Task, options))
        {
            run.Send(Input, 0, Length);
            await run.EndAsync();
            await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        }

        await actors.Terminate();
        var apart = Path.Combine(_root, "apart");
        await using (var learner = await EdgeLearner.StartAsync(apart, Stream.Task, options, _logs))
        await using (var node = new EdgeNode("a", new MemoryTopic(Input, partitions: 1), Stream.Task, options, () => learner, _logs))
        {
            await learner.UntilAsync(s => s.Ranking.Stream.Consumed == Length);
            await EndAsync(learner);
            await learner.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        }

        LearnedParts.AssertSame(LearnedParts.Read(folder), LearnedParts.Read(apart));
    }

    [Fact(Timeout = 180_000)]
    public async Task Nothing_is_lost_or_repeated_while_nodes_join_and_leave_and_the_learner_is_replaced()
    {
        var options = LiveOptions();
        var topic = new MemoryTopic(Input, partitions: 6);
        var folder = Path.Combine(_root, "state");
        EdgeLearner? present = null;
        var nodes = new List<EdgeNode>();
        try
        {
            for (var learners = 0; learners < 3; learners++)
            {
                await using var learner = await EdgeLearner.StartAsync(folder, Stream.Task, options, _logs);
                present = learner;
                var start = learner.Pipeline.Status.Ranking.Stream.Consumed;
                nodes.Add(new EdgeNode($"{learners}a", topic, Stream.Task, options, () => present, _logs));
                await learner.UntilAsync(s => s.Ranking.Stream.Consumed >= Math.Min(start + 1_000, Length));
                nodes.Add(new EdgeNode($"{learners}b", topic, Stream.Task, options, () => present, _logs));
                await learner.UntilAsync(s => s.Ranking.Stream.Consumed >= Math.Min(start + 2_000, Length));
                await nodes[0].DisposeAsync();
                nodes.RemoveAt(0);
                await learner.UntilAsync(s => s.Ranking.Stream.Consumed >= (learners == 2 ? Length : Math.Min(start + 3_000, Length)));
                await learner.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
                if (learners == 2)
                {
                    await EndAsync(learner);
                    var stream = learner.Pipeline.Status.Ranking.Stream;
                    Assert.Equal((Length, 0), (stream.Consumed, stream.Duplicates));
                    Assert.Equal([.. Enumerable.Range(0, 6).Select(_ => (long)Length / 6)], learner.Pipeline.Status.Ranking.Positions.Select(p => p.NextOffset));
                    // How well it has learned depends on the speed of the machine.
                    Assert.True(learner.Pipeline.Status.Training.Steps > 0);
                }
            }
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task A_learner_that_takes_over_continues_with_the_slack_of_its_checkpoint()
    {
        var options = LiveOptions();
        options.Pool.Count = 2_000;
        var folder = Path.Combine(_root, "slack");
        await using (var learner = await EdgeLearner.StartAsync(folder, Stream.Task, options, _logs))
        await using (var node = new EdgeNode("a", new MemoryTopic(Input, partitions: 1), Stream.Task, options, () => learner, _logs))
        {
            await learner.UntilAsync(s => s.Ranking.Stream.Consumed == Length);
            await learner.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        }

        var saved = ReadSlack(folder);
        // It fell with the first thousand candidates.
        Assert.NotEqual(HardnessBound.FirstSlack, saved);
        // The next one has no node yet.
        await using (var next = await EdgeLearner.StartAsync(folder, Stream.Task, options, _logs))
            await next.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        Assert.Equal(saved, ReadSlack(folder));
    }

    private static double ReadSlack(string folder)
    {
        using var newest = new CheckpointFolder(folder, new CheckpointingOptions(), TimeProvider.System).LoadNewest().Found!;
        return HardnessBound.ReadSlack(newest.OpenState(HardnessBound.PartName));
    }

    [Theory(Timeout = 180_000)]
    [InlineData(30)]
    [InlineData(350)]
    [InlineData(9_001)]
    public async Task A_record_that_crashes_nodes_is_dead_lettered_after_four_of_them_and_nothing_else_is_lost(int poisonIndex)
    {
        const int Partitions = 2;
        const float PoisonValue = 99;
        var input = Input.ToList();
        input[poisonIndex] = Stream.Of("poison", 0, PoisonValue, 0, 0, 0);
        var topic = new MemoryTopic(input, Partitions);
        using var release = new ManualResetEventSlim();
        var (reached, isDone) = (new SemaphoreSlim(0), false);
        var task = new FaultyTask(Stream.Task, rows =>
        {
            for (var row = 0; !Volatile.Read(ref isDone) && row < rows.Count; row++)
            {
                if (BitConverter.ToSingle(rows.Payload(row)) <= PoisonValue - 1)
                    continue;
                reached.Release();
                release.Wait();
            }
        });
        var options = Configure(new PipelineOptions());
        options.Evaluation.HeldOutShare = 0;
        await using var learner = await EdgeLearner.StartAsync(Path.Combine(_root, "poison"), Stream.Task, options, _logs);
        var nodes = new List<EdgeNode>();
        try
        {
            // The process is started again under the same name each time.
            for (var crashes = 0; crashes < 4; crashes++)
            {
                var node = new EdgeNode("a", topic, task, options, () => learner, _logs);
                nodes.Add(node);
                Assert.True(await reached.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken), $"no crash {crashes}: {learner.Pipeline.Status.Ranking.Stream} {string.Join('\n', _logs.All)}");
                await node.CrashAsync();
            }

            var last = new EdgeNode("a", topic, task, options, () => learner, _logs);
            nodes.Add(last);
            await learner.UntilAsync(s => s.Ranking.Stream.Consumed == Length - 1 && s.Ranking.Positions.Sum(p => p.NextOffset) == Length);
            var deadLetter = Assert.Single(last.DeadLetters.All);
            Assert.Equal(("kills-process", poisonIndex % Partitions, (long)(poisonIndex / Partitions)), (deadLetter.Reason, deadLetter.Origin.Partition, deadLetter.Origin.Offset));
            Assert.All(nodes.SkipLast(1), node => Assert.Empty(node.DeadLetters.All));
            Assert.Equal((4L, 0L), (learner.Edge.Status.LostNodes, learner.Edge.Status.SuspectedOffsets));
            Assert.Equal((1L, 0L), (learner.Pipeline.Status.Ranking.Stream.DeadLettered, learner.Pipeline.Status.Ranking.Stream.Duplicates));
        }
        finally
        {
            Volatile.Write(ref isDone, true);
            release.Set();
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    private static async Task EndAsync(EdgeLearner learner)
    {
        await learner.Edge.CloseAsync();
        learner.Pipeline.EndIntake();
        await learner.Pipeline.Completion;
    }

    private static PipelineOptions ExactOptions() => Configure(new PipelineOptions { Mode = "exact" });

    private static PipelineOptions LiveOptions()
    {
        var options = Configure(new PipelineOptions());
        // More than one part can hold, until the pool is full.
        options.Batching.Size = 1_500;
        return options;
    }

    private static PipelineOptions Configure(PipelineOptions options)
    {
        options.Device = "cpu";
        options.Batching.Size = 100;
        options.Scoring.Count = 1;
        options.Compute.Lanes = 1;
        options.Pool.Count = 200;
        options.Limiter.ExamplesPerStep = 50;
        options.Mix.BatchSize = 16;
        options.Audit.Ids = Length;
        return options;
    }
}
