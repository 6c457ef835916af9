using System.Diagnostics;
using System.Globalization;
using HnmStreams.Data.Rows;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Native;
using HnmStreams.Torch.Networks.Backbones;
using HnmStreams.Torch.Replicas;
using static TorchSharp.torch;

namespace HnmStreams.Benchmarks.Backbones;

/// <summary>The memory and the time of training steps and scores of a published backbone. One process measures one combination of settings, because peak memory belongs to the process.</summary>
internal static class BackboneBenchmark
{
    private const string Status = "/proc/self/status";
    private const string ClearReferences = "/proc/self/clear_refs";
    // Sets the peak resident memory to the present one (man 5 proc).
    private const string ResetPeak = "5";

    /// <exception cref="PlatformNotSupportedException">The system does not tell the peak memory.</exception>
    public static BackboneReport Run(BackboneSettings settings, CancellationToken cancellation)
    {
        if (!File.Exists(ClearReferences))
            throw new PlatformNotSupportedException($"The benchmark needs {ClearReferences} of Linux.");
        TorchLibrary.EnsureLoaded();
        var backbone = PretrainedBackbone.Read(settings.File, heads: null, isMean: true);
        var task = new BackboneTask(backbone, settings);
        using var learner = new Learner(task, new TrainingOptions { RowsPerPass = settings.RowsPerPass }, CPU, seed: 1, settings.Threads);
        // Touches the optimizer's averages.
        using (var row = Rows(1))
            learner.Step(row);
        using var rows = Rows(settings.Rows);
        var before = Kilobytes("VmRSS");
        File.WriteAllText(ClearReferences, ResetPeak);
        var steps = Measure(settings.Steps, () => learner.Step(rows), cancellation);
        var peak = Kilobytes("VmHWM");

        using var replica = new ScoringReplica(task, CPU, settings.Threads);
        using (var snapshot = learner.Publish())
            replica.Adopt(snapshot);
        int[] indices = [.. Enumerable.Range(0, settings.Rows)];
        var (outputs, hardness) = (new float[settings.Rows * task.OutputWidth], new float[settings.Rows]);
        var scores = Measure(settings.Steps, () => replica.Score(rows, indices, outputs, hardness), cancellation);
        return new BackboneReport(settings, backbone.Architecture, steps, scores, 1024 * (peak - before));
    }

    private static RowBuffer Rows(int count)
    {
        var rows = new RowBuffer();
        for (var i = 0; i < count; i++)
            rows.Add([], i % 10, 1);
        return rows;
    }

    private static double Measure(int times, Action run, CancellationToken cancellation)
    {
        var seconds = new double[times];
        using var process = Process.GetCurrentProcess();
        for (var i = 0; i < times; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            process.Refresh();
            var start = process.TotalProcessorTime;
            run();
            process.Refresh();
            seconds[i] = (process.TotalProcessorTime - start).TotalSeconds;
        }

        Array.Sort(seconds);
        return seconds[times / 2];
    }

    private static long Kilobytes(string field) =>
        long.Parse(File.ReadLines(Status).First(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
