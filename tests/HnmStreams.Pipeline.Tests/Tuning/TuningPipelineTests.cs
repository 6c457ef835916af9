using System.ComponentModel.DataAnnotations;
using Akka.Actor;
using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Flow.Tuning;
using HnmStreams.Pipeline.Tests.Fixtures;
using HnmStreams.Pipeline.Tuning;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Tuning;

/// <summary>Tests of challengers beside a real learner.</summary>
public sealed class TuningPipelineTests : IAsyncLifetime
{
    // A batch of the feed, sent once the one before is consumed.
    private const int Burst = 500;
    private const int BurstsPerComparison = 4;

    private readonly ActorSystem _actors = ActorSystem.Create("test");
    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-tuning-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _actors.Terminate();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The learner starts with a rate that is far too small, so that a larger one is better for certain.</summary>
    [Fact(Timeout = 300_000)]
    public async Task A_challenger_with_a_better_rate_takes_over_and_a_resumed_run_keeps_its_settings()
    {
        var logs = new LogLines();
        var examples = Stream.Examples(600_000).ToArray();
        TunedSettings champion;
        await using (var run = await DurableRun.StartAsync(_actors, _folder, Stream.Task, Options(), logs: logs))
        {
            await FeedUntilAsync(run, examples, status => status.Tuning!.Promotions > 0);
            var tuning = run.Pipeline.Status.Tuning!;
            var promotion = tuning.Decisions.First(d => d.Promoted);
            Assert.True(promotion.Evidence.Low > 0, $"{promotion}");
            Assert.True(promotion.Evidence.Steps >= Options().Tuning.TrialSteps / 4, $"{promotion}");
            Assert.True(tuning.Champion.LearningRate > tuning.Start.LearningRate, $"{tuning.Champion}");
            Assert.True(tuning.ChallengerSeconds > 0 && tuning.EvaluationSeconds > 0);
            Assert.Contains(logs.All, line => line.StartsWith("The challenger with pipeline.training.learningRate=", StringComparison.Ordinal));
            var version = run.Pipeline.Status.Training.ModelVersion;
            await run.UntilAsync(status => status.Training.ModelVersion >= version);
            Assert.Null((await run.Pipeline.CheckpointAsync(TestContext.Current.CancellationToken)).LastFailure);
            champion = run.Pipeline.Status.Tuning!.Champion;
        }

        await using var resumed = await DurableRun.StartAsync(_actors, _folder, Stream.Task, Options(), logs: logs);
        Assert.Equal((champion, true), (resumed.Pipeline.Status.Tuning!.Champion, resumed.Pipeline.Status.Tuning.Promotions > 0));
        Assert.Empty(resumed.Pipeline.Status.Tuning.Trials);
        Assert.DoesNotContain(logs.All, line => line.Contains("failed", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_task_without_outcomes_per_example_is_not_tuned()
    {
        var logs = new LogLines();
        var options = Options();
        await using var run = await DurableRun.StartAsync(_actors, _folder, People.Task(), options, logs: logs);
        run.Send([.. People.Examples(400)], 0, 400);
        await run.EndAsync();
        Assert.Null(run.Pipeline.Status.Tuning);
        Assert.Contains(logs.All, line => line.Contains("are not tuned while it runs", StringComparison.Ordinal));
    }

    /// <summary>The failure of a challenger ends its trial, and the learner continues.</summary>
    [Fact(Timeout = 300_000)]
    public async Task The_failure_of_a_challenger_does_not_disturb_the_learner()
    {
        var options = Options();
        var examples = Stream.Examples(600_000).ToArray();
        await using var run = await DurableRun.StartAsync(_actors, _folder, Stream.Task, options);
        var challengers = _actors.ActorSelection("/user/*/tuner/*");
        await FeedUntilAsync(run, examples, status =>
        {
            // A trial may have ended meanwhile, so that a failure of its challenger decides nothing.
            if (status.Tuning!.Trials.Any(t => t.Steps > 0))
                challengers.Tell(Kill.Instance);
            return status.Tuning.Decisions.Any(d => d.Reason == "The challenger failed.");
        });
        await FeedUntilAsync(run, examples, status => status.Tuning!.Comparisons > 2, run.Pipeline.Status.Ranking.Stream.Consumed);
        Assert.False(run.Pipeline.Completion.IsFaulted);
    }

    [Fact]
    public void Exact_mode_rejects_challengers()
    {
        var options = new PipelineOptions { Mode = "exact" };
        options.Tuning.ComputeShare = 0.25;
        var failure = Assert.Single(options.Validate(new ValidationContext(options)));
        Assert.Equal("must be 'live' if 'pipeline.tuning.computeShare' is above 0 (0.25), because challengers are promoted by the clock; set 'pipeline.tuning.computeShare' to 0", failure.ErrorMessage);
        options.Mode = "live";
        Assert.Empty(options.Validate(new ValidationContext(options)));
    }

    [Fact]
    public void Rejects_a_key_that_is_not_varied()
    {
        var options = new TuningOptions { Fixed = ["pipeline.mix.hardShare", "pipeline.seed"] };
        Assert.Contains("has 'pipeline.seed'", Assert.Single(options.Validate(new ValidationContext(options))).ErrorMessage, StringComparison.Ordinal);
    }

    // The number of examples depends on the speed of the machine, and the result does not: challengers are waited for, so that none falls behind.
    private static async Task FeedUntilAsync(DurableRun run, Example[] examples, Func<PipelineStatus, bool> reached, long from = 0)
    {
        for (var offset = from; !reached(run.Pipeline.Status); offset += Burst)
        {
            Assert.True(offset + Burst <= examples.Length, $"not reached: {run.Pipeline.Status.Tuning} {string.Join("; ", run.Pipeline.Status.Tuning!.Decisions)}");
            run.Send(examples, offset, offset + Burst);
            await run.UntilAsync(status => status.Ranking.Stream.Consumed >= offset + Burst || reached(status));
            if (offset / Burst % BurstsPerComparison != 0)
                continue;
            var before = run.Pipeline.Status.Tuning!.Trials;
            await run.UntilAsync(status => before.All(trial => status.Tuning!.Trials.FirstOrDefault(t => t.Trial == trial.Trial) is not { } now || now.Steps > trial.Steps) || reached(status));
        }
    }

    private static PipelineOptions Options()
    {
        var options = new PipelineOptions { Device = "cpu", Seed = 3 };
        options.Batching.Size = 100;
        options.Batching.Linger = TimeSpan.FromMilliseconds(10);
        options.Mix.BatchSize = 16;
        options.Limiter.ExamplesPerStep = 25;
        options.Limiter.MinExamples = 0;
        options.Limiter.MaxDebtSteps = 1e6;
        options.Training.LearningRate = 3e-5;
        options.Evaluation.Interval = TimeSpan.FromMinutes(10);
        options.Evaluation.HeldOutShare = 0.3;
        options.Tuning.ComputeShare = 0.5;
        options.Tuning.TrialSteps = 600;
        options.Tuning.Interval = TimeSpan.FromMilliseconds(100);
        options.Tuning.Fixed = [TunedSettings.HardShareKey, TunedSettings.PositiveShareKey, TunedSettings.WeightDecayKey];
        return options;
    }
}
