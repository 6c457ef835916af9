using System.Collections.Concurrent;
using Akka.Actor;
using HnmStreams.Pipeline.Tests.Fixtures;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests;

/// <summary>
/// Tests that a record that kills the process is found and becomes a dead letter. The tests simulate a crash by native code that hangs:
/// they copy the checkpoint folder at that moment, which is all that a killed process leaves, and start the next run from the copy.
/// </summary>
public sealed class PoisonRecordTests : IAsyncLifetime
{
    private const float PoisonValue = 99;
    private const int Length = 3_000;
    private const int PoisonOffset = 1_234;

    private readonly ActorSystem _actors = ActorSystem.Create("poison");
    private readonly string _root = Directory.CreateTempSubdirectory("hnm-poison-").FullName;
    private readonly ManualResetEventSlim _release = new();
    private readonly ConcurrentStack<DurableRun> _hanging = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _release.Set();
        foreach (var run in _hanging)
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
        stream[PoisonOffset] = Stream.Of("poison", inTraining ? 1 : 0, PoisonValue, 0, 0, 0);
        var folder = Path.Combine(_root, "run-0");
        // Two crashes at the batch, one per bisection of its 100 offsets, and one of the record alone.
        for (var number = 1; number <= 16; number++)
        {
            var deadLetters = new MemoryDeadLetters();
            var run = await DurableRun.StartAsync(_actors, folder, Task(inTraining), Options(inTraining), deadLetters);
            _hanging.Push(run);
            run.Send(stream, run.From, Length);
            var ended = run.EndAsync();
            if (await System.Threading.Tasks.Task.WhenAny(ended, run.Pipeline.Hung) == ended)
            {
                await ended;
                Assert.True(number > 2, "No run crashed.");
                var deadLetter = Assert.Single(deadLetters.All);
                Assert.Equal(("kills-process", (long)PoisonOffset), (deadLetter.Reason, deadLetter.Origin.Offset));
                Assert.Equal(Length - 1, run.Pipeline.Status.Ranking.Stream.Consumed);
                return;
            }

            folder = Copy(folder, Path.Combine(_root, $"run-{number}"));
        }

        Assert.Fail("The poison record was not found.");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_record_of_many_examples_is_dead_lettered_as_a_whole_if_one_of_them_kills_the_process()
    {
        const int RowsPerRecord = 250;
        var stream = Stream.Examples(Length).ToList();
        stream[PoisonOffset] = Stream.Of("poison", 0, PoisonValue, 0, 0, 0);
        var folder = Path.Combine(_root, "run-0");
        for (var number = 1; number <= 16; number++)
        {
            var deadLetters = new MemoryDeadLetters();
            var run = await DurableRun.StartAsync(_actors, folder, Task(inTraining: false), Options(inTraining: false), deadLetters);
            _hanging.Push(run);
            run.SendBatches(stream, RowsPerRecord, run.From, Length / RowsPerRecord);
            var ended = run.EndAsync();
            if (await System.Threading.Tasks.Task.WhenAny(ended, run.Pipeline.Hung) == ended)
            {
                await ended;
                Assert.True(number > 2, "No run crashed.");
                var deadLetter = Assert.Single(deadLetters.All);
                Assert.Equal(("kills-process", (long)(PoisonOffset / RowsPerRecord), (int?)null), (deadLetter.Reason, deadLetter.Origin.Offset, deadLetter.Row));
                Assert.Equal(Length - RowsPerRecord, run.Pipeline.Status.Ranking.Stream.Consumed);
                return;
            }

            folder = Copy(folder, Path.Combine(_root, $"run-{number}"));
        }

        Assert.Fail("The record was not found.");
    }

    private FaultyTask Task(bool inTraining) => new(Stream.Task, rows =>
    {
        // Only training batches have at most 16 rows.
        if (inTraining && rows.Count > 16)
            return;
        for (var row = 0; row < rows.Count; row++)
        {
            if (BitConverter.ToSingle(rows.Payload(row)) > PoisonValue - 1)
                _release.Wait();
        }
    });

    // The hanging run still renews its lease. Its temporary files (.new) may be incomplete, and a killed process holds no lock.
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
        options.Limiter.MinExamples = inTraining ? 0 : 1_000_000;
        options.Limiter.MaxDebtSteps = 1e6;
        options.Evaluation.Interval = TimeSpan.FromMinutes(10);
        options.Checkpointing.Every = TimeSpan.FromMinutes(10);
        options.Checkpointing.LeaseExpiry = TimeSpan.FromSeconds(1);
        options.Supervision.HangAfter = TimeSpan.FromMilliseconds(500);
        return options;
    }
}
