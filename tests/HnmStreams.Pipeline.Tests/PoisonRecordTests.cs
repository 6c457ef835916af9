using System.Collections.Concurrent;
using Akka.Actor;
using HnmStreams.Pipeline.Tests.Fixtures;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests;

/// <summary>
/// A record that kills the process is found and laid aside. Death is native code that never comes back: the folder is
/// taken as it lies at that moment, which is all that a killed process leaves, and the next life begins from it.
/// </summary>
public sealed class PoisonRecordTests : IAsyncLifetime
{
    private const float Deadly = 99;
    private const int Length = 3_000;
    private const int At = 1_234;

    private readonly ActorSystem _actors = ActorSystem.Create("deadly");
    private readonly string _root = Directory.CreateTempSubdirectory("hnm-deadly-").FullName;
    private readonly ManualResetEventSlim _release = new();
    private readonly ConcurrentStack<DurableRun> _dead = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _release.Set();
        foreach (var run in _dead)
            await run.DisposeAsync();
        await _actors.Terminate();
        _release.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Is_found_by_bisection_and_goes_to_the_dead_letters(bool inTraining)
    {
        var stream = Stream.Examples(Length).ToList();
        stream[At] = Stream.Of("deadly", inTraining ? 1 : 0, Deadly, 0, 0, 0);
        var folder = Path.Combine(_root, "life-0");
        // Two deaths at the cut, then one for each halving of 100 offsets, and one alone.
        for (var life = 1; life <= 16; life++)
        {
            var letters = new Letters();
            var run = await DurableRun.StartAsync(_actors, folder, Task(inTraining), Options(inTraining), letters);
            _dead.Push(run);
            run.Send(stream, run.From, Length);
            var ended = run.EndAsync();
            if (await System.Threading.Tasks.Task.WhenAny(ended, run.Pipeline.Hung) == ended)
            {
                await ended;
                Assert.True(life > 2, "Nothing died.");
                var letter = Assert.Single(letters.All);
                Assert.Equal(("kills-process", (long)At), (letter.Reason, letter.Origin.Offset));
                Assert.Equal(Length - 1, run.Pipeline.Status.Ranking.Stream.Consumed);
                return;
            }

            folder = Copy(folder, Path.Combine(_root, $"life-{life}"));
        }

        Assert.Fail("It was never found.");
    }

    private FaultyTask Task(bool inTraining) => new(Stream.Task, rows =>
    {
        // Only a training batch is so small.
        if (inTraining && rows.Count > 16)
            return;
        for (var row = 0; row < rows.Count; row++)
        {
            if (BitConverter.ToSingle(rows.Payload(row)) > Deadly - 1)
                _release.Wait();
        }
    });

    // The life that hangs goes on renewing its lease: what it is just writing is not there yet, and the lock is of no dead process.
    private static string Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) is not (".new" or ".lock")))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return to;
    }

    private static PipelineOptions Options(bool inTraining)
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 5 };
        options.Batching.Size = 100;
        options.Scoring.Count = 1;
        options.Compute.Lanes = 2;
        options.Mix.BatchSize = 16;
        options.Evaluation.HeldOutShare = 0;
        options.Limiter.ExamplesPerStep = 50;
        options.Limiter.MinimumExamples = inTraining ? 0 : 1_000_000;
        options.Limiter.MaximumDebtSteps = 1e6;
        options.Evaluation.Interval = TimeSpan.FromMinutes(10);
        options.Checkpointing.Every = TimeSpan.FromMinutes(10);
        options.Checkpointing.LeaseExpiry = TimeSpan.FromSeconds(1);
        options.Supervision.HangAfter = TimeSpan.FromMilliseconds(500);
        return options;
    }
}
