using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Tasks;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests;

/// <summary>Tests of a running learner whose candidates are checked by a teacher.</summary>
public sealed class TeacherTests : IAsyncLifetime
{
    private const int Length = 4_000;

    // One positive in eight is labeled negative.
    private static readonly IReadOnlyList<Example> Input =
    [
        .. Stream.Examples(Length).Select((example, i) => i % 8 == 0 && example.Target is Target.ClassIndex { Index: 1 }
            ? example with { Id = $"wrong-{i}", Target = new Target.ClassIndex(0) } : example),
    ];

    private readonly ActorSystem _actors = ActorSystem.Create("teacher");
    private readonly string _root = Directory.CreateTempSubdirectory("hnm-teacher-").FullName;
    private readonly TeacherFolder _teacher = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _actors.Terminate();
        _teacher.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public Task Wrong_labels_wait_in_the_quarantine_and_a_resumed_run_in_exact_mode_ends_with_the_same_bits() => AssertResumedRunIsSameAsync(() => _teacher.Task(), static async run =>
    {
        var status = run.Pipeline.Status;
        Assert.True(status is { Training.Steps: > 50, Ranking.Pool.Count: > 20, Ranking.Teacher: { HeldBack: > 10, Checked: > 100 } }, status.ToString());
        var suspects = await run.Pipeline.Questions.QuarantinedAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(suspects);
        Assert.All(suspects, suspect => Assert.StartsWith("wrong-", suspect.Id, StringComparison.Ordinal));
    });

    /// <summary>The targets of a step are a function of its rows, although a resumed process starts with an empty cache.</summary>
    [Fact(Timeout = 120_000)]
    public Task A_resumed_run_that_distils_a_teacher_ends_with_the_same_bits_in_exact_mode() =>
        AssertResumedRunIsSameAsync(() => _teacher.Task(static o => (o.Teacher.Check, o.Teacher.Distillation.Weight) = (false, 0.5)), static run =>
        {
            Assert.True(run.Pipeline.Status is { Training.Steps: > 50, Ranking.Teacher: null }, run.Pipeline.Status.ToString());
            return Task.CompletedTask;
        });

    private Task AssertResumedRunIsSameAsync(Func<IMiningTask> task, Func<DurableRun, Task> check) =>
        ResumedRun.AssertSameBitsAsync(_actors, _root, task, Options, Input, [(1_500, 1_000)], check);

    private static PipelineOptions Options()
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 5, Mode = "exact", Overlap = 1 };
        options.Scoring.Count = 2;
        options.Compute.Lanes = 2;
        options.Batching.Size = 40;
        options.Pool.Count = 200;
        options.Mix.BatchSize = 16;
        options.Limiter.ExamplesPerStep = 20;
        options.Limiter.MinExamples = 80;
        options.Publishing.EverySteps = 1;
        options.Evaluation.Interval = TimeSpan.FromMilliseconds(100);
        options.Checkpointing.Every = TimeSpan.FromMinutes(10);
        return options;
    }
}
