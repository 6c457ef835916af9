using System.Diagnostics;
using System.Globalization;
using HnmStreams.Pipeline;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Learner;

/// <summary>
/// The exit of a process whose native code hangs. Such a thread cannot be recovered: liveness fails at once, and the process
/// soon kills itself with SIGKILL, which cannot be blocked. The service supervisor is expected to start it again, and it
/// resumes from its newest checkpoint.
/// </summary>
internal static class HangExit
{
    // Long enough for a liveness probe (usually every ten seconds) and for log collection.
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(12);

    /// <summary>Watches a pipeline and ends the process if its native code hangs.</summary>
    public static void Watch(MiningPipeline pipeline, LearnerView view, TextWriter error, TimeProvider time) =>
        _ = EndAsync(pipeline, view, error, time);

    private static async Task EndAsync(MiningPipeline pipeline, LearnerView view, TextWriter error, TimeProvider time)
    {
        var since = await pipeline.Hung;
        view.Enter(RunPhase.Failed);
        await error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"hnm: native code has not returned for {since.TotalSeconds:F0} s (pipeline.supervision.hangAfter). This process exits and must be restarted; it resumes from its newest checkpoint."));
        await Task.Delay(GracePeriod, time);
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
