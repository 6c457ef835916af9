using System.Diagnostics;
using System.Globalization;

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
    /// <param name="hung">Completes with the duration of the call that does not return.</param>
    /// <param name="fail">Makes the liveness check fail.</param>
    public static void Watch(Task<TimeSpan> hung, Action fail, TextWriter error, TimeProvider time) => _ = EndAsync(hung, fail, error, time);

    private static async Task EndAsync(Task<TimeSpan> hung, Action fail, TextWriter error, TimeProvider time)
    {
        var since = await hung;
        fail();
        await error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"hnm: native code has not returned for {since.TotalSeconds:F0} s (pipeline.supervision.hangAfter). This process exits and must be restarted; it resumes from its newest checkpoint or committed offsets."));
        await Task.Delay(GracePeriod, time);
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
