using HnmStreams.Evaluation.Comparing;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Flow.Tuning;
using HnmStreams.Pipeline.Tuning;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Pipeline.Tests.Tuning;

public sealed class TunerTests
{
    private static readonly TunedSettings Start = new(0.01, 0, 0.5, 0.25);

    private static readonly double[] Ahead = [.. Enumerable.Range(0, 4_000).Select(i => i % 2 == 0 ? 0.5 : 0)];

    private LearnerPerformance _cost = new(new Dictionary<string, double>(), Steps: 1_000_000, 16_000_000, ScoringSeconds: 5, TrainingSeconds: 10);
    private TuningStatus _status = null!;

    [Fact]
    public void A_challenger_that_is_significantly_better_becomes_the_champion_and_ends_the_other_trials()
    {
        var tuner = Tuner();
        var (first, settings) = tuner.TryStart()!.Value;
        var (second, _) = tuner.TryStart()!.Value;
        Assert.Null(tuner.TryStart());
        Assert.Equal(TrialVerdict.Undecided, tuner.Add(second, Ahead, 100, 1));
        Assert.Equal(0, _status.Trials[1].Outcomes);
        Assert.Equal(TrialVerdict.Better, tuner.Add(first, Ahead, 2_500, 3));
        tuner.Promote(first);

        Assert.Equal((settings, 2L, 1L, 4.0), (tuner.Champion, _status.Comparisons, _status.Promotions, _status.ChallengerSeconds));
        Assert.Equal(4.0 / 19, _status.ComputeShare, 1e-9);
        Assert.Empty(_status.Trials);
        Assert.Equal([(second, false, "Trial 1 was promoted."), (first, true, "Significantly better.")], _status.Decisions.Select(d => (d.Evidence.Trial, d.Promoted, d.Reason)));
        var evidence = _status.Decisions[1].Evidence;
        Assert.Equal(("pipeline.training.learningRate=0.03", 4_000L, 0.25), (evidence.Changes, evidence.Outcomes, Math.Round(evidence.Difference, 2)));
        // The next challengers are neighbors of the new champion.
        Assert.Equal(0.09, tuner.TryStart()!.Value.Settings.LearningRate, 1e-9);
    }

    [Fact]
    public void Each_further_comparison_has_a_smaller_error_rate()
    {
        var tuner = Tuner();
        tuner.TryStart();
        tuner.TryStart();
        Assert.Equal([ErrorBudget.Of(0.05, 1), ErrorBudget.Of(0.05, 2)], _status.Trials.Select(t => t.ErrorRate));
    }

    /// <summary>Challengers that are not better, compared again and again: at most one run in twenty promotes any of them.</summary>
    [Fact]
    public void The_error_rate_holds_over_all_challengers_of_a_run()
    {
        const int Runs = 300;
        var wrong = 0;
        for (var run = 0; run < Runs; run++)
        {
            var generator = new Xoshiro256StarStar((ulong)run);
            var tuner = Tuner(options => options.TrialSteps = 500);
            for (var trial = 0; trial < 12 && _status.Promotions == 0; trial++)
            {
                var (number, _) = tuner.TryStart()!.Value;
                var verdict = TrialVerdict.Undecided;
                for (var steps = 50; verdict == TrialVerdict.Undecided; steps += 50)
                    verdict = tuner.Add(number, [.. Enumerable.Range(0, 20).Select(_ => generator.NextDouble() < 0.7 ? 0.0 : generator.NextDouble() < 0.5 ? 1 : -1)], steps, 0);
                if (verdict == TrialVerdict.Better)
                    tuner.Promote(number);
                else
                    tuner.End(number, "");
            }

            wrong += _status.Promotions > 0 ? 1 : 0;
        }

        Assert.True(wrong <= 0.05 * Runs, $"{wrong} of {Runs} runs");
    }

    [Fact]
    public void No_trial_starts_before_the_learner_has_trained_or_beyond_the_compute_share()
    {
        var trained = _cost;
        _cost = trained with { Steps = 0 };
        var tuner = Tuner();
        Assert.Null(tuner.TryStart());
        _cost = trained;
        var (number, _) = tuner.TryStart()!.Value;
        tuner.Add(number, [], 100, seconds: 4);
        tuner.AddEvaluation(2);
        tuner.End(number, "No difference.");
        // 15 seconds of the champion earn 5.
        Assert.Null(tuner.TryStart());
        _cost = trained with { TrainingSeconds = 13 };
        Assert.NotNull(tuner.TryStart());
    }

    [Fact]
    public void A_run_that_resumes_keeps_the_champion_and_the_count_of_comparisons()
    {
        var tuner = Tuner();
        var (number, settings) = tuner.TryStart()!.Value;
        tuner.Add(number, Ahead, 2_500, 3);
        tuner.Promote(number);
        var resumed = Tuner(saved: _status);
        Assert.Equal(settings, resumed.Champion);
        Assert.Equal(2, resumed.TryStart()!.Value.Number);
        Assert.Single(_status.Decisions);
        // A setting that is fixed now has its present value.
        Assert.Equal(Start, Tuner(options => options.Fixed = [TunedSettings.LearningRateKey], saved: _status).Champion);
    }

    private Tuner Tuner(Action<TuningOptions>? configure = null, TuningStatus? saved = null)
    {
        var options = new TuningOptions { ComputeShare = 0.25 };
        configure?.Invoke(options);
        return new Tuner(options, Start, options.Fixed, hasPositives: true, saved, () => _cost, status => _status = status, TimeProvider.System, NullLogger.Instance);
    }
}
