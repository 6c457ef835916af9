using CsCheck;
using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Budget;

namespace HnmStreams.Pipeline.Tests.Budget;

public sealed class BudgetRuleTests
{
    private static readonly MiningBudgetOptions Options = new() { StartCandidates = 1, MinCandidates = 0.25, MaxCandidates = 4 };
    private static readonly Uplift Ahead = new(0.1, 0.05, 0.15), Behind = new(-0.1, -0.15, -0.05), Level = new(0.01, -0.05, 0.07);

    [Fact]
    public void Stays_within_its_bounds_and_gives_a_reason_for_any_observations() =>
        Gen.Int[0, 4].List[1, 300].Sample(kinds =>
        {
            var state = BudgetState.Initial(Options);
            foreach (var kind in kinds)
            {
                (state, var reason) = Decide(state, kind switch { 0 => Ahead, 1 => Behind, 2 => Level, _ => null }, allowed: kind != 4);
                Assert.True(state.Candidates == 0 || state.Candidates is >= 0.25 and <= 4, state.ToString());
                Assert.NotEqual("", reason);
            }
        });

    [Fact]
    public void Behind_random_it_reduces_scoring_to_zero_and_retries_the_minimum_after_pauses_that_double()
    {
        var candidates = CandidatesAfterEach(BudgetState.Initial(Options), 30, Behind);
        var pause = BudgetState.FirstPause;
        Assert.Equal(
            [1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, .. Enumerable.Repeat(0.0, pause), 0.25, 0.25, 0.25, .. Enumerable.Repeat(0.0, 2 * pause)],
            candidates.Take(8 + pause + 3 + (2 * pause)));
    }

    [Fact]
    public void Behind_but_catching_up_it_returns_to_the_start_value()
    {
        // The earlier loss stays visible for a long time. The rule reacts to its decrease.
        var state = new BudgetState(0.25, 0, BudgetState.FirstPause, -0.3);
        var candidates = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            var mean = -0.29 + (0.01 * i);
            (state, _) = Decide(state, new Uplift(mean, mean - 0.01, mean + 0.01));
            candidates.Add(state.Candidates);
        }

        Assert.Equal([0.25, 0.25, 0.5, 0.5, 0.5, 1, 1, 1, 1, 1, 1, 1], candidates);
    }

    [Fact]
    public void Ahead_of_random_it_scores_more_up_to_the_maximum()
    {
        Assert.Equal([1, 1, 2, 2, 2, 4, 4, 4, 4, 4, 4, 4], CandidatesAfterEach(BudgetState.Initial(Options), 12, Ahead));
    }

    [Fact]
    public void Without_a_significant_difference_it_stays_and_with_a_negligible_one_it_scores_the_minimum()
    {
        var state = BudgetState.Initial(Options);
        for (var i = 0; i < 50; i++)
            (state, _) = Decide(state, Level);
        Assert.Equal(1, state.Candidates);
        for (var i = 0; i < 50; i++)
            (state, _) = Decide(state, new Uplift(0.001, -0.002, 0.004));
        Assert.Equal(0.25, state.Candidates);
        // Without a comparison nothing changes.
        Assert.Equal(state, Decide(state, null).State);
        Assert.Equal(state, Decide(state, Behind, allowed: false).State);
    }

    [Fact]
    public void The_report_gives_the_gains_per_second_of_scoring_and_of_extra_steps()
    {
        var report = new BaselineReport("m", Performance(0.9, 4, 10), Performance(0.7, 0, 10), Performance(0.8, 0, 14), new Uplift(0.2, 0.1, 0.3), Ahead, 3);
        var observation = report.ToObservation(miningAllowed: true);
        Assert.Equal((0.05, 0.025), (observation.ScoringGain, observation.TrainingGain), EqualityComparer<(double, double)>.Create((a, b) => Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) < 1e-9));
        Assert.Contains("a second of scoring gained +0.05000, a second of extra steps +0.02500", BudgetRule.Decide(BudgetState.Initial(Options), observation, Options).Reason, StringComparison.Ordinal);

        static LearnerPerformance Performance(double metric, double scoring, double training) =>
            new(new Dictionary<string, double>(StringComparer.Ordinal) { ["m"] = metric }, 100, 1_600, scoring, training);
    }

    private static List<double> CandidatesAfterEach(BudgetState state, int comparisons, Uplift uplift)
    {
        var candidates = new List<double>();
        for (var i = 0; i < comparisons; i++)
        {
            (state, _) = Decide(state, uplift);
            candidates.Add(state.Candidates);
        }

        return candidates;
    }

    private static (BudgetState State, string Reason) Decide(BudgetState state, Uplift? uplift, bool allowed = true) =>
        BudgetRule.Decide(state, new BudgetObservation(uplift, 0.1, 0.1, allowed), Options);
}
