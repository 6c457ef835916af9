using System.Diagnostics;
using System.Globalization;
using HnmStreams.Pipeline;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Host.Learner;

/// <summary>
/// A thread that hangs in native code cannot be taken back: liveness fails at once, and the process ends itself soon
/// after, by the signal that nothing can hold up. Whoever supervises the machine's services starts it again, and it goes
/// on from its newest checkpoint.
/// </summary>
internal static class HangExit
{
    // Long enough for a probe (they mostly come every ten seconds) and for the logs to see it.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(12);

    public static void Follow(MiningPipeline pipeline, LearnerView view, TextWriter error, TimeProvider time) =>
        _ = EndAsync(pipeline, view, error, time);

    private static async Task EndAsync(MiningPipeline pipeline, LearnerView view, TextWriter error, TimeProvider time)
    {
        var since = await pipeline.Hung;
        view.Enter(RunPhase.Failed);
        await error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"hnm: native code has not come back for {since.TotalSeconds:F0} s (pipeline.supervision.hangAfter): this process ends itself, to be started again from its newest checkpoint"));
        await Task.Delay(Grace, time);
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
