namespace HnmStreams.Benchmarks.Cluster;

/// <summary>The result of the benchmark of a cluster.</summary>
/// <param name="Runs">One per number of nodes.</param>
/// <param name="Speedup4">The throughput of four nodes against that of one; null if either was not measured.</param>
/// <param name="BytesToLearnerShare">The bytes that the nodes of the last run sent to the learner, as a share of those that they read.</param>
internal sealed record ClusterReport(IReadOnlyList<ClusterRun> Runs, double? Speedup4, double BytesToLearnerShare);

/// <summary>One run with a number of nodes.</summary>
/// <param name="ProcessorMicroseconds">Processor time per example, summed over all processes of the cluster.</param>
/// <param name="LearnerMicroseconds">Processor time per example of the learner alone.</param>
/// <param name="MissedByBound">Examples that the learner would have kept, but whose payload was not sent.</param>
internal sealed record ClusterRun(int Nodes, double ExamplesPerSecond, double ProcessorMicroseconds, double LearnerMicroseconds, double BytesToLearnerShare, long MissedByBound);
