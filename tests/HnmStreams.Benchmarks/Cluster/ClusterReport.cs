using System.Globalization;
using HnmStreams.Pipeline.Cluster;

namespace HnmStreams.Benchmarks.Cluster;

/// <summary>The result of the benchmark of a cluster.</summary>
/// <param name="Runs">One per number of nodes.</param>
/// <param name="Speedup4">The throughput of four nodes against that of one; null if either was not measured.</param>
/// <param name="ProcessorRatio1">The processor time per example of a learner with one node against that of one process; null if either was not measured.</param>
/// <param name="BytesToLearnerShare">The bytes that the nodes of the last run sent to the learner, as a share of those that they read.</param>
internal sealed record ClusterReport(IReadOnlyList<ClusterRun> Runs, double? Speedup4, double? ProcessorRatio1, double BytesToLearnerShare)
{
    public static ClusterReport Of(IReadOnlyList<ClusterRun> runs)
    {
        ClusterRun? Find(int nodes) => runs.FirstOrDefault(run => run.Nodes == nodes);
        return new ClusterReport(
            runs,
            Find(4)?.ExamplesPerSecond / Find(1)?.ExamplesPerSecond,
            Find(1)?.ProcessorMicroseconds / Find(0)?.ProcessorMicroseconds,
            runs[^1].BytesToLearnerShare);
    }
}

/// <summary>One run with a number of nodes; 0 is one process.</summary>
/// <param name="ProcessorMicroseconds">Processor time per example, summed over all processes of the cluster, without the broker.</param>
/// <param name="LearnerMicroseconds">Processor time per example of the learner alone.</param>
/// <param name="Steps">Training steps in the measured time.</param>
/// <param name="BytesToLearnerShare">Bytes sent to the learner against bytes read.</param>
/// <param name="Shares">The bytes sent by kind, each as a share of the bytes read.</param>
/// <param name="Admitted">Candidates that entered the pool and were in it after their batch.</param>
/// <param name="MissedByBound">Those that would have, but whose payload was not sent.</param>
/// <param name="MissedShare">Those missed as a share of those missed and admitted.</param>
/// <param name="StepsAtEnd">Training steps when all examples were consumed; null if that was not awaited.</param>
/// <param name="HeldOut">The average precision of the newest model on held-out examples then.</param>
internal sealed record ClusterRun(
    int Nodes,
    double ExamplesPerSecond,
    double ProcessorMicroseconds,
    double LearnerMicroseconds,
    long Steps,
    double BytesToLearnerShare,
    SentShares? Shares,
    long Admitted,
    long MissedByBound,
    double MissedShare,
    long? StepsAtEnd = null,
    double? HeldOut = null);

/// <summary>The bytes sent to the learner by kind, each as a share of the bytes read.</summary>
/// <param name="Rows">Everything but payloads.</param>
internal sealed record SentShares(double Pool, double Reservoir, double Positives, double HeldOut, double Rows)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"pool {Pool:P1}, reservoir {Reservoir:P1}, positives {Positives:P1}, held out {HeldOut:P1}, rows {Rows:P1}");

    public static SentShares Of(SentBytes from, SentBytes to, double read)
    {
        var sent = to.Since(from);
        return new SentShares(sent.Pool / read, sent.Reservoir / read, sent.Positives / read, sent.HeldOut / read, sent.Rows / read);
    }
}
