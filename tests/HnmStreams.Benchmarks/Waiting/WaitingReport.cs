namespace HnmStreams.Benchmarks.Waiting;

/// <summary>The report of the waiting-store benchmark.</summary>
/// <param name="Examples">The number of inputs that waited at the same time.</param>
/// <param name="RowBytes">The bytes of an encoded row.</param>
/// <param name="BatchSize">The number of events per call.</param>
/// <param name="PutsPerSecond">Inputs of new ids per second.</param>
/// <param name="PutsPerCpuSecond">The same per second of processor time of all threads, which does not depend on other processes.</param>
/// <param name="JoinsPerSecond">Labels of random waiting inputs per second, each with its row read back.</param>
/// <param name="JoinsPerCpuSecond">The same per second of processor time.</param>
/// <param name="ResidentMegabytes">The highest resident memory of the process, which contains the runtime and the benchmark itself.</param>
/// <param name="BaselineMegabytes">The resident memory before the store was opened.</param>
/// <param name="CheckpointMilliseconds">The time of a capture with all examples in the store, which the stream waits for: the first one, then one after one more batch.</param>
/// <param name="DiskMegabytes">The bytes of the database's files with all examples in the store.</param>
/// <param name="Joined">The number of joined examples, as the store counted them.</param>
internal sealed record WaitingReport(
    long Examples,
    int RowBytes,
    int BatchSize,
    double PutsPerSecond,
    double PutsPerCpuSecond,
    double JoinsPerSecond,
    double JoinsPerCpuSecond,
    double ResidentMegabytes,
    double BaselineMegabytes,
    IReadOnlyList<double> CheckpointMilliseconds,
    double DiskMegabytes,
    long Joined);
