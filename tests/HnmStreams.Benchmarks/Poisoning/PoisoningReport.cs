using System.Globalization;
using HnmStreams.Host.Compare.Cost;

namespace HnmStreams.Benchmarks.Poisoning;

/// <summary>The report of the benchmark.</summary>
/// <param name="Metric">The task's primary metric; larger is better.</param>
/// <param name="Examples">Records per run.</param>
internal sealed record PoisoningReport(string Task, string Data, string Metric, int Examples, int Seeds, IReadOnlyList<PoisoningCell> Cells);

/// <summary>One attack with one share on one learner: means over the seeds, and differences to the clean run of the same seed.</summary>
/// <param name="Attack">Null for the clean runs.</param>
/// <param name="Share">The share of the records that the hostile producer sends, or of the ids if it relabels its own examples; 0 to 1.</param>
/// <param name="Learner">mined, mined with label-noise detection, or random.</param>
/// <param name="Test">The metric on the clean test set.</param>
/// <param name="HeldOut">The metric that the service reports, on the held-out share.</param>
internal sealed record PoisoningCell(PoisoningAttack? Attack, double Share, string Learner, SeedInterval Test, SeedInterval HeldOut, SeedInterval TestChange, SeedInterval HeldOutChange, DetectedFlips Flips)
{
    // Differences below it are within the noise of settings, whatever the seeds say.
    private const double MinDifference = 0.005;

    // An interval of this half-width says nothing.
    private const double MaxHalfWidth = 0.05;

    /// <summary>A conclusion in words.</summary>
    public string Conclusion
    {
        get
        {
            var model = Direction(TestChange) switch
            {
                < 0 => "the model is worse",
                > 0 => "the model is better",
                _ when TestChange.High - TestChange.Mean > MaxHalfWidth => "the seeds differ too much for a conclusion about the model",
                _ => "no significant change of the model",
            };
            var report = Direction(HeldOutChange) switch
            {
                < 0 when HeldOutChange.Mean < 2 * Math.Min(TestChange.Mean, 0) => "the report exaggerates the damage",
                < 0 => "the report shows the damage",
                > 0 => "the report says that it is better",
                _ when Direction(TestChange) < 0 => "the report does not show it",
                _ => null,
            };
            return report is null ? model : $"{model}; {report}";
        }
    }

    /// <summary>Creates the cell of the runs of all seeds.</summary>
    /// <param name="clean">The clean run of each seed, in the same order.</param>
    public static PoisoningCell Of(PoisoningAttack? attack, double share, string learner, IReadOnlyList<PoisoningSample> samples, IReadOnlyList<PoisoningSample> clean) => new(
        attack,
        share,
        learner,
        SeedInterval.Of([.. samples.Select(static s => s.Test)]),
        SeedInterval.Of([.. samples.Select(static s => s.HeldOut)]),
        SeedInterval.Of([.. samples.Zip(clean, static (s, c) => s.Test - c.Test)]),
        SeedInterval.Of([.. samples.Zip(clean, static (s, c) => s.HeldOut - c.HeldOut)]),
        new DetectedFlips(samples.Average(static s => s.Flips.Wrong), samples.Average(static s => s.Flips.Flagged), samples.Average(static s => s.Flips.Caught)));

    /// <summary>Returns one line for a terminal.</summary>
    public string Text() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Attack?.Describe() ?? "clean",-44} {Share,6:P1} {Learner,-24} test {Test.Mean:F3} ({Signed(TestChange)})  held-out {HeldOut.Mean:F3} ({Signed(HeldOutChange)})  wrong {Flips.Wrong:F0}, flagged {Flips.Flagged:F0}, of them wrong {Flips.Caught:F0}: {Conclusion}");

    private static string Signed(SeedInterval i) => string.Create(CultureInfo.InvariantCulture, $"{i.Mean:+0.000;-0.000} [{i.Low:F3}, {i.High:F3}]");

    private static int Direction(SeedInterval change) =>
        Math.Abs(change.Mean) < MinDifference || (change.Low <= 0 && change.High >= 0) ? 0 : Math.Sign(change.Mean);
}

/// <summary>The detection of wrong labels: numbers of examples at the end of the run.</summary>
/// <param name="Wrong">Examples that were sent with a wrong label.</param>
/// <param name="Flagged">Examples in quarantine.</param>
/// <param name="Caught">Examples in quarantine whose label is wrong.</param>
internal sealed record DetectedFlips(double Wrong, double Flagged, double Caught)
{
    /// <summary>The share of the flagged examples whose label is wrong; null if none is flagged.</summary>
    public double? Precision => Flagged > 0 ? Caught / Flagged : null;

    /// <summary>The share of the wrong labels that are flagged; null if there are none.</summary>
    public double? Recall => Wrong > 0 ? Caught / Wrong : null;
}

/// <summary>The result of one run.</summary>
internal sealed record PoisoningSample(double Test, double HeldOut, DetectedFlips Flips);
