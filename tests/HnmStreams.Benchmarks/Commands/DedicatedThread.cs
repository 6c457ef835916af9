namespace HnmStreams.Benchmarks.Commands;

/// <summary>A runner of synchronous benchmarks on a dedicated thread, so that they do not occupy the thread pool.</summary>
internal static class DedicatedThread
{
    public static Task<TReport> RunAsync<TReport>(Func<TReport> benchmark, CancellationToken cancellation) =>
        Task.Factory.StartNew(benchmark, cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
