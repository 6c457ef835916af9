using System.Globalization;
using HnmStreams.Data.Rows;
using HnmStreams.Offline.Serial;

namespace HnmStreams.Host.Compare.Quality;

/// <summary>
/// The choice of a batch size and learning rate for each method, on the training part alone: a share of its ids is not trained on, and the
/// pair with the largest mean metric on them over all budgets is chosen. No method is handicapped by settings that suit another.
/// </summary>
internal sealed class QualitySweep(QualityRun run, TextWriter output)
{
    /// <summary>The share of the training part on which the pairs are compared.</summary>
    public const double ValidationShare = 0.2;

    /// <summary>Returns the pair with the largest mean metric, and all results; without runs if there is one pair only.</summary>
    /// <param name="candidates">The pairs with their settings.</param>
    public QualitySweepResult Choose(QualityMethod method, IReadOnlyList<(QualityTuning Tuning, IReadOnlyList<string> Settings)> candidates, RowBuffer validation, ValidationSplit split, CancellationToken cancellation)
    {
        if (candidates.Count == 1)
            return new(candidates[0].Tuning, []);
        var results = new List<QualitySweepPoint>();
        foreach (var (tuning, settings) in candidates)
        {
            var (points, _) = run.Train(method, settings, seed: 1, validation, split, cancellation);
            // An undefined metric is no result. It must not be chosen.
            var mean = points.Average(static p => double.IsFinite(p.Metric) ? p.Metric : 0);
            results.Add(new(tuning, mean));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{method.Name,-8} {tuning}: {mean:F4} on a fifth of the training part"));
        }

        return new(results.MaxBy(static r => r.Mean)!.Tuning, results);
    }
}
