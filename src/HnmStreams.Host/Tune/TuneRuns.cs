using System.Globalization;
using HnmStreams.Data.Rows;
using HnmStreams.Host.Compare;
using HnmStreams.Host.Compare.Quality;
using HnmStreams.Offline.Serial;

namespace HnmStreams.Host.Tune;

/// <summary>The runs of a search within its time budget. A finished run of the state is not repeated.</summary>
/// <param name="settings">Settings of all candidates, each as <c>KEY=VALUE</c>.</param>
/// <param name="validation">The rows on which candidates are measured, and the split that keeps them out of training.</param>
internal sealed class TuneRuns(
    SeededStream stream, IReadOnlyList<string> settings, TuneState state, (RowBuffer Rows, ValidationSplit Split) validation, TimeSpan budget, QualityMethod method, TimeProvider time, TextWriter output)
{
    /// <summary>True after a run was not started because it would have exceeded the budget.</summary>
    public bool IsOverBudget { get; private set; }

    /// <summary>Returns the metric of a candidate; null if its run would exceed the budget.</summary>
    /// <param name="purpose">The purpose of the run, for the progress line.</param>
    public double? Metric(TuneCandidate candidate, int seed, long examples, string purpose, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var text = string.Join(' ', candidate.Settings);
        if (state.Find(text, seed, examples) is { } finished)
            return finished.Metric;
        if (state.Scale is { } scale && state.Seconds + scale.Cost.Of(examples) > budget.TotalSeconds)
        {
            IsOverBudget = true;
            return null;
        }

        var run = Train(candidate, text, seed, examples, cancellation);
        state.Add(run);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{purpose}: {(text.Length > 0 ? text : "the file's settings")}, seed {seed}, {examples:N0} examples: {run.Metric:F4} ({run.Seconds:F1} s; {Math.Min(1, state.Seconds / budget.TotalSeconds):P0} of the budget)"));
        return run.Metric;
    }

    private TuneRun Train(TuneCandidate candidate, string text, int seed, long examples, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        long[] points = [.. new[] { examples / 3, examples * 2 / 3, examples }.Where(static p => p > 0).Distinct()];
        var (samples, _) = new QualityRun(stream, settings, points, time).Train(method, candidate.Settings, seed, validation.Rows, validation.Split, cancellation);
        // An undefined metric is no result. It must not win.
        var metric = samples.Average(static s => double.IsFinite(s.Metric) ? s.Metric : 0);
        return new(text, seed, examples, metric, time.GetElapsedTime(start).TotalSeconds);
    }
}
