using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Tasks;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests;

/// <summary>
/// Tests of the guarantee of exact mode: a run that is killed and resumed ends with the same weights, bit for bit, as an
/// uninterrupted run, for any number of scorers and any overlap.
/// </summary>
public sealed class ExactModeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const ulong Seed = 20261124;
    private const int Length = 12_000;

    private static readonly IReadOnlyList<Example> Input = [.. Stream.Examples(Length)];

    private readonly ActorSystem _actors = ActorSystem.Create("exact");
    private readonly string _root = Directory.CreateTempSubdirectory("hnm-exact-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _actors.Terminate();
        Directory.Delete(_root, recursive: true);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(1, 0, "adam")]
    [InlineData(2, 0, "adam")]
    [InlineData(1, 1, "adam")]
    [InlineData(2, 1, "adam")]
    [InlineData(2, 1, "schedule-free")]
    [InlineData(2, 1, "prodigy")]
    public async Task A_killed_and_resumed_run_ends_with_the_same_bits(int scorers, int overlap, string optimizer)
    {
        output.WriteLine($"seed {Seed}");
        var uninterrupted = await RunUninterruptedAsync(Options(scorers, overlap, optimizer), "uninterrupted");
        var generator = new Xoshiro256StarStar(Seed + (ulong)((scorers * 2) + overlap));
        var folder = Path.Combine(_root, "killed");
        var runs = 0;
        for (var end = 0L; end < Length; runs++)
        {
            await using var run = await DurableRun.StartAsync(_actors, folder, Stream.Task, Options(scorers, overlap, optimizer));
            end = Math.Min(Length, run.From + 500 + generator.NextInt64(3_000));
            run.Send(Input, run.From, end, 1 + (int)generator.NextInt64(200));
            if (end == Length)
            {
                await run.EndAsync();
                await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
                break;
            }

            // A checkpoint at a random position, then training that no checkpoint contains, then a kill.
            var checkpointAt = run.From + generator.NextInt64(end - run.From);
            await run.UntilAsync(s => s.Ranking.Stream.Consumed >= Math.Min(checkpointAt, end - 100));
            await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        }

        Assert.True(runs >= 3, $"{runs} runs");
        LearnedParts.AssertSame(uninterrupted, LearnedParts.Read(folder));
    }

    [Fact(Timeout = 120_000)]
    public async Task Records_of_many_examples_end_with_the_same_bits_although_runs_are_killed_inside_of_them()
    {
        const int RowsPerRecord = 333;
        const int Records = (Length + RowsPerRecord - 1) / RowsPerRecord;
        var uninterrupted = await RunUninterruptedAsync(Options(2, 1), "uninterrupted", rowsPerRecord: RowsPerRecord);
        var folder = Path.Combine(_root, "batches");
        var resumedInside = 0;
        for (var end = 0L; end < Records;)
        {
            await using var run = await DurableRun.StartAsync(_actors, folder, Stream.Task, Options(2, 1));
            var consumed = run.Pipeline.Status.Ranking.Stream.Consumed;
            Assert.Equal(consumed / RowsPerRecord, run.From);
            resumedInside += consumed % RowsPerRecord == 0 ? 0 : 1;
            end = Math.Min(Records, run.From + 7);
            run.SendBatches(Input, RowsPerRecord, run.From, end);
            if (end == Records)
            {
                await run.EndAsync();
                await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
                break;
            }

            await run.UntilAsync(s => s.Ranking.Stream.Consumed >= consumed + 1_500);
            await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        }

        Assert.True(resumedInside >= 3, $"{resumedInside} runs resumed inside of a record");
        LearnedParts.AssertSame(uninterrupted, LearnedParts.Read(folder));
    }

    [Fact(Timeout = 120_000)]
    public async Task Baselines_change_no_bit_of_the_mined_learner_and_resume_to_the_same_bits()
    {
        var alone = await RunUninterruptedAsync(Options(2, 1), "alone");
        var uninterrupted = await RunUninterruptedAsync(WithBaselines(), "uninterrupted");
        // All parts except the small one, which contains the baselines' draws.
        LearnedParts.AssertSame(alone, uninterrupted, LearnedParts.Names.Where(part => !string.Equals(part, RankerCapture.SmallPart, StringComparison.Ordinal)));
        var folder = Path.Combine(_root, "killed");
        foreach (var (end, checkpointAt) in new[] { (3_000L, 1_700L), (8_500L, 6_100L) })
        {
            await using var run = await DurableRun.StartAsync(_actors, folder, Stream.Task, WithBaselines());
            run.Send(Input, run.From, end);
            await run.UntilAsync(s => s.Ranking.Stream.Consumed >= checkpointAt);
            await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        }

        await ResumeAsync(folder, Stream.Task, WithBaselines());
        string[] baselineParts = [.. Enum.GetValues<Baseline>().SelectMany(c => (string[])[BaselineCapture.ModelPart(c), BaselineCapture.OptimizerPart(c)])];
        var (expected, actual) = (LearnedParts.Read(Path.Combine(_root, "uninterrupted"), baselineParts), LearnedParts.Read(folder, baselineParts));
        LearnedParts.AssertSame(uninterrupted, LearnedParts.Read(folder));
        LearnedParts.AssertSame(expected, actual, baselineParts);
        // The three models differ. So the equality above is not caused by untrained models.
        byte[][] models = [uninterrupted["model.safetensors"], .. Enum.GetValues<Baseline>().Select(c => expected[BaselineCapture.ModelPart(c)])];
        Assert.Equal(3, models.DistinctBy(Convert.ToHexString).Count());

        static PipelineOptions WithBaselines()
        {
            var options = Options(2, 1);
            options.Baselines.Enabled = true;
            return options;
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task An_interrupted_run_leaves_the_incomplete_batch_to_the_next_run()
    {
        var uninterrupted = await RunUninterruptedAsync(Options(2, 1), "uninterrupted");
        var folder = Path.Combine(_root, "interrupted");
        await using (var first = await DurableRun.StartAsync(_actors, folder, Stream.Task, Options(2, 1)))
        {
            first.Send(Input, 0, 5_037);
            first.Pipeline.Interrupt();
            await first.EndAsync();
            await first.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
            Assert.True(first.Pipeline.Status.Ranking.Stream.Consumed < 5_037);
        }

        await using var second = await DurableRun.StartAsync(_actors, folder, Stream.Task, Options(2, 1));
        second.Send(Input, second.From, Length);
        await second.EndAsync();
        await second.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        LearnedParts.AssertSame(uninterrupted, LearnedParts.Read(folder));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_number_of_scorers_and_the_chunks_of_records_change_nothing()
    {
        var one = await RunUninterruptedAsync(Options(1, 1), "one", chunkSize: 7);
        var two = await RunUninterruptedAsync(Options(2, 1), "two", chunkSize: 333);
        LearnedParts.AssertSame(one, two);
        // Ensures that the comparison can fail: another overlap gives another run.
        var serial = await RunUninterruptedAsync(Options(2, 0), "serial");
        Assert.NotEqual(one["model.safetensors"], serial["model.safetensors"]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_trainer_or_ranking_stage_resumes_to_the_same_bits(bool trainer)
    {
        var uninterrupted = await RunUninterruptedAsync(Options(2, 1), "uninterrupted");
        var calls = 0;
        void FailOnce()
        {
            if (Interlocked.Increment(ref calls) == 100)
                throw new InvalidOperationException("broken");
        }

        // Only training batches have at most 16 rows.
        var task = trainer
            ? new FaultyTask(Stream.Task, collate: rows =>
            {
                if (rows.Count <= 16)
                    FailOnce();
            })
            : new FaultyTask(Stream.Task, compose: FailOnce);
        var folder = Path.Combine(_root, "failed");
        await using (var first = await DurableRun.StartAsync(_actors, folder, task, Options(2, 1)))
        {
            first.Send(Input, 0, 3_000);
            await first.UntilAsync(s => s.Ranking.Stream.Consumed >= 2_500);
            await first.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
            first.Send(Input, 3_000, Length);
            var error = await Assert.ThrowsAnyAsync<Exception>(first.EndAsync);
            Assert.Contains("broken", error.ToString(), StringComparison.Ordinal);
        }

        await ResumeAsync(folder, task, Options(2, 1));
        LearnedParts.AssertSame(uninterrupted, LearnedParts.Read(folder));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_wall_clock_that_jumps_changes_nothing()
    {
        var uninterrupted = await RunUninterruptedAsync(Options(2, 1), "uninterrupted");
        var folder = Path.Combine(_root, "jumped");
        // First far ahead, then years back. The newest checkpoint is found without the clock.
        foreach (var (jump, end) in new[] { (TimeSpan.FromDays(4_000), 4_000L), (TimeSpan.FromDays(-9_000), 8_000L) })
        {
            var clock = new JumpedClock(jump);
            await using var run = await DurableRun.StartAsync(_actors, folder, Stream.Task, Options(2, 1), time: clock);
            run.Send(Input, run.From, end);
            await run.UntilAsync(s => s.Ranking.Stream.Consumed >= end - 500);
            await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
            clock.Jump = -jump;
            await run.UntilAsync(s => s.Ranking.Stream.Consumed >= end - 150);
            await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        }

        await ResumeAsync(folder, Stream.Task, Options(2, 1));
        LearnedParts.AssertSame(uninterrupted, LearnedParts.Read(folder));
    }

    [Fact(Timeout = 120_000)]
    public async Task Logs_changed_settings_that_end_exactness_and_adapts_to_a_smaller_pool()
    {
        var folder = Path.Combine(_root, "changed");
        await using (var first = await DurableRun.StartAsync(_actors, folder, Stream.Task, Options(1, 1)))
        {
            first.Send(Input, 0, 6_000);
            first.Pipeline.Interrupt();
            await first.EndAsync();
            await first.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
            Assert.True(first.Pipeline.Status.Ranking.Pool.Count > 300, first.Pipeline.Status.ToString());
        }

        using var same = new LogLines();
        await ResumeAsync(folder, Stream.Task, Options(2, 1), same, to: 6_100);
        Assert.DoesNotContain(same.All, line => line.Contains("differs from one that was not interrupted", StringComparison.Ordinal));

        var changed = Options(2, 1);
        changed.Compute.Threads = 2;
        changed.Training.LearningRate = 3e-3;
        changed.Pool.Count = 200;
        using var logs = new LogLines();
        var status = await ResumeAsync(folder, Stream.Task, changed, logs);
        Assert.Equal(
            ["pipeline.scoring", "pipeline.training"],
            logs.All.Where(line => line.Contains("differs from one that was not interrupted", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.Contains(logs.All, line => line.StartsWith("pipeline.pool was ", StringComparison.Ordinal) && line.Contains("adapted", StringComparison.Ordinal));
        Assert.InRange(status.Ranking.Pool.Count, 100, 200);
    }

    [Fact(Timeout = 120_000)]
    public async Task Two_partitions_are_refused()
    {
        await using var run = await DurableRun.StartAsync(_actors, Path.Combine(_root, "two"), Stream.Task, Options(1, 0));
        run.SendTo(0, Input[0], 0);
        run.SendTo(1, Input[1], 0);
        var error = await Assert.ThrowsAnyAsync<Exception>(run.EndAsync);
        Assert.Contains("one partition", error.ToString(), StringComparison.Ordinal);
    }

    private async Task<Dictionary<string, byte[]>> RunUninterruptedAsync(PipelineOptions options, string name, int chunkSize = 100, int rowsPerRecord = 0)
    {
        var folder = Path.Combine(_root, name);
        await using var run = await DurableRun.StartAsync(_actors, folder, Stream.Task, options);
        if (rowsPerRecord > 0)
            run.SendBatches(Input, rowsPerRecord, 0, (Length + rowsPerRecord - 1) / rowsPerRecord);
        else
            run.Send(Input, 0, Length, chunkSize);
        await run.EndAsync();
        await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        var status = run.Pipeline.Status;
        Assert.Equal(Length, status.Ranking.Stream.Consumed);
        // Ensures that steps, versions and hard negatives occurred. Otherwise equality would prove little.
        Assert.True(status is { Training.Steps: > 100, Training.ModelVersion: > 20, Ranking.Pool.Count: > 50, Ranking.MiningAllowed: true }, status.ToString());
        return LearnedParts.Read(folder);
    }

    /// <summary>Resumes from the newest checkpoint, runs to the end of the input, and writes a checkpoint.</summary>
    private async Task<PipelineStatus> ResumeAsync(string folder, IMiningTask task, PipelineOptions options, LogLines? logs = null, long to = Length)
    {
        await using var run = await DurableRun.StartAsync(_actors, folder, task, options, logs: logs);
        run.Send(Input, run.From, to);
        await run.EndAsync();
        await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        return run.Pipeline.Status;
    }

    private static PipelineOptions Options(int scorers, int overlap, string optimizer = "adam")
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 5, Mode = "exact", Overlap = overlap };
        options.Scoring.Count = scorers;
        options.Scoring.Share = 0.8;
        options.Batching.Size = 100;
        options.Mix.BatchSize = 16;
        options.Pool.Count = 400;
        options.Reservoirs.Negatives = 1_000;
        options.Limiter.ExamplesPerStep = 60;
        options.Limiter.MinExamples = 200;
        options.Training.Optimizer = optimizer;
        // Decays during the runs.
        options.Training.InitialFactor = 8;
        options.Training.LearningRate = 1e-2;
        options.Training.WeightAveraging = 0.9;
        options.Evaluation.Interval = TimeSpan.FromMilliseconds(100);
        options.Checkpointing.Every = TimeSpan.FromMinutes(10);
        return options;
    }
}
