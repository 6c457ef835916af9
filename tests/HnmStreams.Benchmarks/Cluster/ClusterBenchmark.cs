using System.Globalization;

namespace HnmStreams.Benchmarks.Cluster;

/// <summary>
/// The throughput and the processor time of a learner with score nodes in separate processes, by the number of nodes. Counted from a tenth of the
/// examples and a set time on, for a set time or up to nine tenths, so that neither start nor end is part of it.
/// </summary>
internal sealed class ClusterBenchmark(ClusterBenchSettings settings, TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(8);

    public async Task<ClusterReport> RunAsync(CancellationToken cancellation)
    {
        var runs = new List<ClusterRun>();
        foreach (var nodes in settings.Nodes)
        {
            var run = await RunAsync(nodes, cancellation);
            runs.Add(run);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{(nodes == 0 ? "one process" : $"{nodes} nodes")}: {run.ExamplesPerSecond:N0} examples/s, {run.ProcessorMicroseconds:0.0} µs of processor time per example ({run.LearnerMicroseconds:0.0} in the learner), {run.Steps:N0} steps, {run.BytesToLearnerShare:P1} of the bytes to the learner{(run.Shares is { } shares ? $" ({shares})" : "")}, {run.MissedByBound:N0} missed by the bound and {run.Admitted:N0} admitted ({run.MissedShare:P2}){(run.HeldOut is { } precision ? $", at the end {run.StepsAtEnd} steps and an AP of {precision:0.000} on held-out examples" : "")}"));
        }

        return ClusterReport.Of(runs);
    }

    private async Task<ClusterRun> RunAsync(int count, CancellationToken cancellation)
    {
        await using var processes = await ClusterProcesses.StartAsync(settings, count, time, cancellation);
        var started = time.GetTimestamp();
        var first = await processes.WaitAsync(status => status.Consumed >= settings.Examples / 10 && time.GetElapsedTime(started) >= settings.WarmUp, cancellation);
        var (start, processorTime, learnerTime, sent) = (time.GetTimestamp(), processes.ProcessorTime, processes.LearnerTime, await processes.SentAsync(cancellation));
        var last = await processes.WaitAsync(status => status.Consumed >= settings.Examples * 9 / 10 || time.GetElapsedTime(start) >= settings.Window, cancellation);
        var (elapsed, sentLast) = (time.GetElapsedTime(start), await processes.SentAsync(cancellation));
        if (last.Consumed == first.Consumed)
            throw new InvalidOperationException("All examples were consumed before the measured time. Set --examples higher, or --warm-up lower.");
        double examples = last.Consumed - first.Consumed;
        var read = Math.Max(1.0, last.BytesRead - first.BytesRead);
        var (admitted, missed) = (last.Admitted - first.Admitted, last.Missed - first.Missed);
        var run = new ClusterRun(
            count,
            examples / elapsed.TotalSeconds,
            (processes.ProcessorTime - processorTime).TotalMicroseconds / examples,
            (processes.LearnerTime - learnerTime).TotalMicroseconds / examples,
            last.Steps - first.Steps,
            (last.BytesSent - first.BytesSent) / read,
            count == 0 ? null : SentShares.Of(sent, sentLast, read),
            admitted,
            missed,
            missed / Math.Max(1.0, missed + admitted));
        if (!settings.ToEnd)
            return run;
        var end = await WaitForEndAsync(processes, cancellation);
        return run with { StepsAtEnd = end.Steps, HeldOut = end.HeldOut };
    }

    // No step for longer than an evaluation takes to follow, and the newest version is evaluated.
    private async Task<LearnerProgress> WaitForEndAsync(ClusterProcesses processes, CancellationToken cancellation)
    {
        var (steps, since) = (-1L, time.GetTimestamp());
        return await processes.WaitAsync(
            progress =>
            {
                if (progress.Steps != steps)
                    (steps, since) = (progress.Steps, time.GetTimestamp());
                return progress.Consumed == settings.Examples && progress.EvaluatedVersion == progress.Version && time.GetElapsedTime(since) >= Settled;
            },
            cancellation);
    }
}
