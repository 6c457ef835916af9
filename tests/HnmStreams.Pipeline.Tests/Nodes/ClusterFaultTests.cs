using System.Diagnostics;
using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Checkpointing.Leases;
using HnmStreams.Pipeline.Cluster.Protocol;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Tasks.Tabular;
using HnmStreams.Torch.Replicas;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Nodes;

/// <summary>Tests of faults between a learner and its score nodes. After each, every example is in the state exactly once.</summary>
public sealed class ClusterFaultTests : IAsyncLifetime
{
    private const int Length = 12_000;

    private static readonly IReadOnlyList<Example> Input = [.. Stream.Examples(Length)];

    private readonly LogLines _logs = new();
    private readonly string _root = Directory.CreateTempSubdirectory("hnm-faults-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = 180_000)]
    public async Task Of_two_learners_that_take_themselves_for_the_learner_the_old_one_cannot_write_a_checkpoint()
    {
        var (topic, options) = (new MemoryTopic(Input, partitions: 2), Options());
        // The old learner does not look at its lease by itself.
        options.Checkpointing.LeaseExpiry = options.Checkpointing.Every = TimeSpan.FromHours(1);
        EdgeLearner? present = null;
        await using var old = await EdgeLearner.StartAsync(_root, Stream.Task, options, _logs);
        present = old;
        await using var node = new EdgeNode("a", topic, Stream.Task, options, () => present, _logs);
        await old.UntilAsync(s => s.Ranking.Stream.Consumed >= 1_000);
        await old.Pipeline.CheckpointAsync(Stop);

        // The old learner was stopped for longer than its lease: another process has taken the lease, and the old one does not know it yet.
        var standby = new LearnerLease(_root, LeaseOwner.ThisProcess(), options.Checkpointing.LeaseExpiry, TimeProvider.System);
        standby.TakeOver();
        var before = Directory.GetDirectories(_root, "checkpoint-*");
        var consumed = old.Pipeline.Status.Ranking.Stream.Consumed;
        await old.UntilAsync(s => s.Ranking.Stream.Consumed >= consumed + 1_000);
        await Assert.ThrowsAnyAsync<SupersededException>(() => old.Pipeline.CheckpointAsync(Stop));
        Assert.Equal(before, Directory.GetDirectories(_root, "checkpoint-*"));

        standby.Release();
        await using var next = await EdgeLearner.StartAsync(_root, Stream.Task, options, _logs);
        Assert.InRange(next.Pipeline.Status.Ranking.Stream.Consumed, 1_000, consumed);
        present = next;
        // The process of the old learner ends when it sees the newer epoch; until then its node stays with it.
        await old.Edge.CloseAsync();
        await AssertTakenInOnceAsync(next);
        Assert.Equal(Length, (await next.Pipeline.CheckpointAsync(Stop)).Consumed);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_node_that_goes_on_sending_a_partition_of_another_is_rewound()
    {
        var (topic, options) = (new MemoryTopic(Input, partitions: 2), Options());
        await using var learner = await EdgeLearner.StartAsync(_root, Stream.Task, options, _logs);
        await using var zombie = new EdgeNode("zombie", topic, Stream.Task, options, () => learner, _logs);
        await learner.UntilAsync(s => s.Ranking.Stream.Consumed >= 1_000);
        // The group has given the partitions to another member, but the first one has not noticed.
        await using var owner = new EdgeNode("owner", topic, Stream.Task, options, () => learner, _logs);
        owner.Stream.Assign([0, 1]);
        zombie.Stream.Assign([0, 1]);
        await AssertTakenInOnceAsync(learner);
        Assert.True(learner.Edge.Status.RejectedBatches > 0, string.Join('\n', _logs.All));
        Assert.Contains(_logs.All, line => line.Contains("does not continue at the expected position", StringComparison.Ordinal));
    }

    [Fact(Timeout = 180_000)]
    public async Task A_node_that_does_not_reach_the_learner_leaves_its_group_and_joins_it_again_with_its_next_session()
    {
        var (topic, options) = (new MemoryTopic(Input, partitions: 2), Options());
        await using var learner = await EdgeLearner.StartAsync(_root, Stream.Task, options, _logs);
        EdgeLearner? reachable = null;
        await using var cutOff = new EdgeNode("cut-off", topic, Stream.Task, options, () => reachable, _logs);
        await using var other = new EdgeNode("other", topic, Stream.Task, options, () => learner, _logs);
        Assert.Equal([0], cutOff.Stream.Partitions);
        await AssertTakenInOnceAsync(learner);
        Assert.Empty(cutOff.Stream.Partitions);
        Assert.Equal([0, 1], other.Stream.Partitions);

        reachable = learner;
        await learner.UntilAsync(_ => cutOff.Stream.Partitions.Count == 1 && other.Stream.Partitions.Count == 1);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_node_of_a_slow_learner_pauses_and_loses_nothing()
    {
        var (topic, options) = (new MemoryTopic(Input, partitions: 2), Options());
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var learner = await EdgeLearner.StartAsync(_root, Stream.Task, options, _logs, () => open.Task);
        await using var node = new EdgeNode("a", topic, Stream.Task, options, () => learner, _logs);
        var all = Input.Sum(example => HnmStreams.Data.Wire.ExampleEncoder.ToProtobuf(example).Length);
        var (read, unchanged) = (0L, 0);
        while (unchanged < 20)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
            var now = node.Stream.BytesRead;
            unchanged = now > 0 && now == read ? unchanged + 1 : 0;
            read = now;
        }

        Assert.InRange(read, 1, all / 2);
        Assert.Equal(0, learner.Pipeline.Status.Ranking.Stream.Consumed);
        open.SetResult();
        await AssertTakenInOnceAsync(learner);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_full_disk_delays_checkpoints_and_loses_nothing()
    {
        using var disk = SmallDisk.MountOrSkip(Path.Combine(_root, "disk"), megabytes: 8);
        var (topic, options) = (new MemoryTopic(Input, partitions: 2), Options());
        // Keeps a part of the stream for the time after the disk is full.
        var (started, goesOn) = (new TaskCompletionSource<EdgeLearner>(), new TaskCompletionSource());
        await using (var learner = await EdgeLearner.StartAsync(Path.Combine(disk.Folder, "state"), Stream.Task, options, _logs, WhenOpenAsync))
        await using (var node = new EdgeNode("a", topic, Stream.Task, options, () => learner, _logs))
        {
            started.SetResult(learner);
            await learner.UntilAsync(s => s.Ranking.Stream.Consumed >= 1_000);
            var written = await learner.Pipeline.CheckpointAsync(Stop);
            Assert.Null(written.LastFailure);
            disk.Fill();
            var consumed = learner.Pipeline.Status.Ranking.Stream.Consumed;
            var failed = await learner.Pipeline.CheckpointAsync(Stop);
            goesOn.SetResult();
            Assert.Equal((written.Id, written.Failures + 1), (failed.Id, failed.Failures));
            Assert.Contains("Free space on that disk", failed.LastFailure, StringComparison.Ordinal);
            // Learning goes on, and nodes commit nothing beyond the last checkpoint.
            await learner.UntilAsync(s => s.Ranking.Stream.Consumed > consumed);
            Assert.True(node.Stream.Committed.Sum(p => p.NextOffset) <= written.Consumed);
            disk.Free();
            var retried = await learner.Pipeline.CheckpointAsync(Stop);
            Assert.Equal((null, written.Written + 1), (retried.LastFailure, retried.Written));
            Assert.True(retried.Consumed > written.Consumed);
            await AssertTakenInOnceAsync(learner);
            await learner.Pipeline.CheckpointAsync(Stop);
        }

        await using var resumed = await EdgeLearner.StartAsync(Path.Combine(disk.Folder, "state"), Stream.Task, options, _logs);
        Assert.Equal(Length, resumed.Pipeline.Status.Ranking.Stream.Consumed);

        async Task WhenOpenAsync()
        {
            if ((await started.Task).Pipeline.Status.Ranking.Stream.Consumed >= 1_000)
                await goesOn.Task.WaitAsync(Stop);
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task A_learner_accepts_nodes_of_its_version_of_the_protocol_and_the_one_before_and_refuses_others_by_name()
    {
        await using var learner = await EdgeLearner.StartAsync(_root, Stream.Task, Options(), _logs);
        using var replica = new ScoringReplica(Stream.Task, TorchSharp.torch.CPU, 1);
        var shape = EdgeProtocol.ShapeOf(Stream.Task, replica.Signature, labelsComeLater: false);
        // Versions begin at 1.
        Assert.All(new[] { EdgeProtocol.Version, EdgeProtocol.Version - 1 }.Where(version => version > 0), version => Assert.Null(ReasonToRefuse(version)));
        foreach (var version in (int[])[EdgeProtocol.Version + 1, EdgeProtocol.Version - 2, 0, -1, int.MinValue, int.MaxValue])
            Assert.Contains($"The node speaks version {version} of the protocol, but the learner speaks {EdgeProtocol.Version}", ReasonToRefuse(version), StringComparison.Ordinal);

        string? ReasonToRefuse(int version) => learner.Edge.ReasonToRefuse(new EdgeMessage.Hello(version, shape, "a"));
    }

    [Fact(Timeout = 180_000)]
    public async Task A_node_with_another_shape_of_model_ends_with_both_shapes_in_the_message_and_disturbs_no_other()
    {
        var (topic, options) = (new MemoryTopic(Input, partitions: 2), Options());
        await using var learner = await EdgeLearner.StartAsync(_root, Stream.Task, options, _logs);
        await using var node = new EdgeNode("a", topic, Stream.Task, options, () => learner, _logs);
        var other = new TabularTask(new TabularOptions { Features = Stream.Features, Hidden = [17] });
        var wrong = new EdgeNode("b", topic, other, options, () => learner, _logs);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => wrong.Run);
        Assert.Contains("The learner refuses this node. The node's task and network are 'tabular/", error.Message, StringComparison.Ordinal);
        Assert.Contains("but those of the learner are 'tabular/", error.Message, StringComparison.Ordinal);
        // Its partitions go to others when its process has ended.
        topic.Remove(wrong.Stream);
        await AssertTakenInOnceAsync(learner);
    }

    [Fact(Timeout = 180_000)]
    public async Task Wall_clocks_that_differ_by_minutes_change_nothing_for_sessions_and_weights()
    {
        var (topic, options) = (new MemoryTopic(Input, partitions: 2), Options());
        await using var learner = await EdgeLearner.StartAsync(_root, Stream.Task, options, _logs, time: new ShiftedClock(TimeSpan.FromMinutes(7)));
        await using var early = new EdgeNode("early", topic, Stream.Task, options, () => learner, _logs, new ShiftedClock(TimeSpan.FromMinutes(-9)));
        await using var late = new EdgeNode("late", topic, Stream.Task, options, () => learner, _logs, new ShiftedClock(TimeSpan.FromMinutes(11)));
        await learner.UntilAsync(s => s.Ranking.Stream.Consumed >= Length / 2 && s.Training.Steps > 0);
        await AssertTakenInOnceAsync(learner);
        await learner.UntilAsync(_ => early.Status.Version > 0 && late.Status.Version > 0);
        Assert.DoesNotContain(_logs.All, line => line.Contains("nothing was heard", StringComparison.OrdinalIgnoreCase));
    }

    private static async Task AssertTakenInOnceAsync(EdgeLearner learner)
    {
        await learner.UntilAsync(s => s.Ranking.Stream.Consumed >= Length);
        var status = learner.Pipeline.Status.Ranking;
        Assert.Equal((Length, 0), (status.Stream.Consumed, status.Stream.Duplicates));
        Assert.Equal(Length, status.Positions.Sum(p => p.NextOffset));
    }

    private static PipelineOptions Options()
    {
        var options = new PipelineOptions { Device = "cpu" };
        options.Batching.Size = 50;
        options.Scoring.Count = 1;
        options.Compute.Lanes = 1;
        options.Pool.Count = 200;
        options.Limiter.ExamplesPerStep = 50;
        options.Mix.BatchSize = 16;
        options.Audit.Ids = Length;
        return options;
    }

    private sealed class ShiftedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }

    /// <summary>A file system in memory with a small size.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly string _filler;

        private SmallDisk(string folder) => (Folder, _filler) = (folder, Path.Combine(folder, "filler"));

        public string Folder { get; }

        public static SmallDisk MountOrSkip(string folder, int megabytes)
        {
            if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
                Assert.Skip("A small file system can be mounted by root on Linux only.");
            Directory.CreateDirectory(folder);
            if (Execute("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder) is { } error)
                Assert.Skip($"A small file system cannot be mounted here: {error}");
            return new SmallDisk(folder);
        }

        /// <summary>Leaves no space.</summary>
        public void Fill()
        {
            using var file = File.Create(_filler);
            try
            {
                var block = new byte[64 * 1024];
                while (true)
                {
                    file.Write(block);
                    file.Flush(flushToDisk: true);
                }
            }
            catch (IOException)
            {
                // The disk is full.
            }
        }

        public void Free() => File.Delete(_filler);

        public void Dispose() => _ = Execute("umount", "--lazy", Folder);

        private static string? Execute(string command, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error.Trim();
        }
    }
}
