using System.Globalization;
using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Compare;
using HnmStreams.Tasks;

namespace HnmStreams.Host.Tune;

/// <summary>
/// A search around the present settings, the champion. A round tries changes of one setting each by successive halving, and compares the best one with the
/// champion on seeds that the rungs have not used. A change that is significantly better makes the next champion, and the next round starts from it.
/// </summary>
/// <param name="stream">The stream and the settings.</param>
/// <param name="settings">The settings that the user has fixed, each as <c>KEY=VALUE</c>.</param>
/// <param name="seeds">The number of seeds of the comparison at the end of a round.</param>
internal sealed class TuneSearch(SeededStream stream, IReadOnlyList<string> settings, IMiningTask task, TuneRuns runs, int seeds, int maxRounds, TextWriter output)
{
    // Rungs use the seeds 1, 2 and 3. The comparison uses others, because the challenger was chosen by its results with those.
    private const int FirstFinalSeed = 101;

    private readonly HashSet<string> _fixed = [.. settings.Select(s => s[..s.IndexOf('=', StringComparison.Ordinal)].Trim())];
    private readonly HashSet<string> _tried = new(StringComparer.Ordinal);

    /// <summary>Returns the changes to try first.</summary>
    public IReadOnlyList<TuneSetting> Challengers(TuneCandidate champion) =>
        [.. TuneSpace.Neighbors(task, OptionsOf(champion), key => _fixed.Contains(key)).Where(s => !_tried.Contains(s.ToString()))];

    /// <summary>Runs the rounds.</summary>
    /// <param name="longest">The length of the longest runs in examples.</param>
    public TuneResult Run(long longest, CancellationToken cancellation)
    {
        var champion = TuneCandidate.Unchanged;
        var rounds = new List<TuneRound>();
        for (var number = 1; number <= maxRounds; number++)
        {
            var challengers = Challengers(champion);
            if (challengers.Count == 0 || Round(number, champion, challengers, longest, cancellation) is not { } round)
                break;
            rounds.Add(round);
            if (!round.Verdict.IsBetter)
                break;
            champion = champion.With(round.Challenger);
            // All other settings are tried again, because their best values depend on this one; of this one, only new values.
            _tried.UnionWith(challengers.Where(c => string.Equals(c.Key, round.Challenger.Key, StringComparison.Ordinal)).Select(c => c.ToString()));
            _tried.Add($"{round.Challenger.Key}={round.Challenger.Present}");
        }

        return new(champion, rounds, runs.IsOverBudget);
    }

    private HnmOptions OptionsOf(TuneCandidate candidate) => stream.Load([.. settings, .. candidate.Settings], 1);

    // Null if the budget ended before a comparison.
    private TuneRound? Round(int number, TuneCandidate champion, IReadOnlyList<TuneSetting> challengers, long longest, CancellationToken cancellation)
    {
        var sizes = SuccessiveHalving.Sizes(challengers.Count);
        var remaining = challengers;
        var tried = new List<TuneTrial>();
        for (var rung = 0; rung < sizes.Count; rung++)
        {
            var examples = SuccessiveHalving.Length(rung, sizes.Count, longest);
            var purpose = $"round {number}, rung {rung + 1} of {sizes.Count}";
            if (runs.Metric(champion, rung + 1, examples, purpose, cancellation) is not { } reference)
                return null;
            var results = new List<(TuneSetting, double)>();
            foreach (var challenger in remaining)
            {
                if (runs.Metric(champion.With(challenger), rung + 1, examples, purpose, cancellation) is not { } metric)
                    return null;
                results.Add((challenger, metric));
                tried.Add(new(challenger, examples, metric, reference));
            }

            remaining = SuccessiveHalving.Best(results, rung + 1 < sizes.Count ? sizes[rung + 1] : 1);
        }

        var best = remaining[0];
        return Compare(number, champion, best, longest, cancellation) is { } verdict ? Report(new(number, best, tried, verdict)) : null;
    }

    private TuneVerdict? Compare(int number, TuneCandidate champion, TuneSetting challenger, long longest, CancellationToken cancellation)
    {
        var (present, changed) = (new List<double>(), new List<double>());
        for (var i = 0; i < seeds; i++)
        {
            var purpose = $"round {number}, comparison {i + 1} of {seeds}";
            if (runs.Metric(champion, FirstFinalSeed + i, longest, purpose, cancellation) is not { } before
                || runs.Metric(champion.With(challenger), FirstFinalSeed + i, longest, purpose, cancellation) is not { } after)
                break;
            present.Add(before);
            changed.Add(after);
        }

        return present.Count < TuneVerdict.MinSeeds ? null : TuneVerdict.Of(present, changed);
    }

    private TuneRound Report(TuneRound round)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round.Number}: {round.Challenger} against {round.Challenger.Present}: {TuneText.Of(round.Verdict)}{(round.Verdict.IsBetter ? "" : ", not significantly better")}"));
        return round;
    }
}

/// <summary>The result of a search.</summary>
/// <param name="Champion">The best settings.</param>
/// <param name="IsOverBudget">True if the budget ended before the search.</param>
internal sealed record TuneResult(TuneCandidate Champion, IReadOnlyList<TuneRound> Rounds, bool IsOverBudget)
{
    /// <summary>The rounds that found a better setting.</summary>
    public IReadOnlyList<TuneRound> Accepted => [.. Rounds.Where(r => r.Verdict.IsBetter)];
}

/// <summary>A finished round.</summary>
/// <param name="Challenger">The best change.</param>
/// <param name="Tried">All runs of the rungs.</param>
/// <param name="Verdict">The comparison of the change with the champion.</param>
internal sealed record TuneRound(int Number, TuneSetting Challenger, IReadOnlyList<TuneTrial> Tried, TuneVerdict Verdict);

/// <summary>A run of a rung.</summary>
/// <param name="Champion">The metric of the champion in the same rung.</param>
internal sealed record TuneTrial(TuneSetting Setting, long Examples, double Metric, double Champion);
