using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Tests.Fixtures;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests;

/// <summary>
/// The design's promise for exact mode: a run that is killed and resumed ends with the same weights, bit for bit, as the
/// run that never was, whoever scores and how far ahead.
/// </summary>
public sealed class ExactModeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const ulong Seed = 20261124;
    private const int Length = 12_000;

    // All that learning depends on. (trainer.bin holds seconds.)
    private static readonly string[] Compared =
        ["model.safetensors", "optimizer.safetensors", RankerCapture.SmallPart, RankerCapture.PoolPart, RankerCapture.HeldOutPart, RankerCapture.ExamplesPart];

    private static readonly IReadOnlyList<Example> Input = [.. Stream.Examples(Length)];

    private readonly ActorSystem _actors = ActorSystem.Create("exact");
    private readonly string _root = Directory.CreateTempSubdirectory("hnm-exact-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _actors.Terminate();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    public async Task Killed_and_resumed_it_ends_with_the_same_bits(int scorers, int overlap)
    {
        output.WriteLine($"seed {Seed}");
        var whole = await WholeAsync(Options(scorers, overlap), "whole");
        var generator = new Xoshiro256StarStar(Seed + (ulong)((scorers * 2) + overlap));
        var folder = Path.Combine(_root, "killed");
        var lives = 0;
        for (var end = 0L; end < Length; lives++)
        {
            await using var run = await DurableRun.StartAsync(_actors, folder, Stream.Task, Options(scorers, overlap));
            end = Math.Min(Length, run.From + 500 + generator.NextInt64(3_000));
            run.Send(Input, run.From, end, 1 + (int)generator.NextInt64(200));
            if (end == Length)
            {
                await run.EndAsync();
                await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
                break;
            }

            // A checkpoint somewhere on the way, more learning that no checkpoint has, and death.
            var somewhere = run.From + generator.NextInt64(end - run.From);
            await run.UntilAsync(s => s.Consumed >= Math.Min(somewhere, end - 100));
            await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        }

        Assert.True(lives >= 3, $"{lives} lives");
        AssertSame(whole, Parts(folder));
    }

    [Fact]
    public async Task Interrupted_in_good_order_it_leaves_the_incomplete_batch_for_later()
    {
        var whole = await WholeAsync(Options(2, 1), "whole");
        var folder = Path.Combine(_root, "interrupted");
        await using (var first = await DurableRun.StartAsync(_actors, folder, Stream.Task, Options(2, 1)))
        {
            first.Send(Input, 0, 5_037);
            first.Pipeline.Interrupt();
            await first.EndAsync();
            await first.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
            Assert.True(first.Pipeline.Status.Consumed < 5_037);
        }

        await using var second = await DurableRun.StartAsync(_actors, folder, Stream.Task, Options(2, 1));
        second.Send(Input, second.From, Length);
        await second.EndAsync();
        await second.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        AssertSame(whole, Parts(folder));
    }

    [Fact]
    public async Task Who_scores_and_how_the_records_come_changes_nothing()
    {
        var one = await WholeAsync(Options(1, 1), "one", chunkSize: 7);
        var two = await WholeAsync(Options(2, 1), "two", chunkSize: 333);
        AssertSame(one, two);
        // The comparison can fail: another overlap is another run.
        var serial = await WholeAsync(Options(2, 0), "serial");
        Assert.NotEqual(one["model.safetensors"], serial["model.safetensors"]);
    }

    [Fact]
    public async Task Two_partitions_are_refused()
    {
        await using var run = await DurableRun.StartAsync(_actors, Path.Combine(_root, "two"), Stream.Task, Options(1, 0));
        run.SendTo(0, Input[0], 0);
        run.SendTo(1, Input[1], 0);
        var error = await Assert.ThrowsAnyAsync<Exception>(run.EndAsync);
        Assert.Contains("one partition", error.ToString(), StringComparison.Ordinal);
    }

    private async Task<Dictionary<string, byte[]>> WholeAsync(PipelineOptions options, string name, int chunkSize = 100)
    {
        var folder = Path.Combine(_root, name);
        await using var run = await DurableRun.StartAsync(_actors, folder, Stream.Task, options);
        run.Send(Input, 0, Length, chunkSize);
        await run.EndAsync();
        await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken);
        var status = run.Pipeline.Status;
        Assert.Equal(Length, status.Consumed);
        // Steps were taken, versions published and hard negatives used, or equality would say little.
        Assert.True(status is { Steps: > 100, ModelVersion: > 20, PoolCount: > 50, MiningAllowed: true }, status.ToString());
        return Parts(folder);
    }

    private static Dictionary<string, byte[]> Parts(string folder)
    {
        using var newest = new CheckpointFolder(folder, new CheckpointingOptions(), TimeProvider.System).LoadNewest().Found!;
        return Compared.ToDictionary(
            part => part,
            part =>
            {
                using var stream = newest.OpenPart(part);
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return bytes;
            },
            StringComparer.Ordinal);
    }

    private static void AssertSame(Dictionary<string, byte[]> expected, Dictionary<string, byte[]> actual)
    {
        foreach (var part in Compared)
            Assert.True(expected[part].AsSpan().SequenceEqual(actual[part]), $"{part} differs");
    }

    private static PipelineOptions Options(int scorers, int overlap)
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 5, Mode = "exact", Overlap = overlap };
        options.Scoring.Count = scorers;
        options.Scoring.Share = 0.8;
        options.Batching.Size = 100;
        options.Mix.BatchSize = 16;
        options.Pool.Count = 400;
        options.Reservoirs.Negatives = 1_000;
        options.Limiter.ExamplesPerStep = 60;
        options.Limiter.MinimumExamples = 200;
        options.Training.LearningRate = 1e-2;
        options.Training.WeightAveraging = 0.9;
        options.Evaluation.Interval = TimeSpan.FromMilliseconds(100);
        options.Checkpointing.Every = TimeSpan.FromMinutes(10);
        return options;
    }
}
