using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Web.DeadLetters;

namespace HnmStreams.Host.Intake;

/// <summary>
/// A guard that ends a run in which nearly every record is rejected: such a run learns nothing, and the cause is nearly always a
/// wrong setting or a producer of another format.
/// </summary>
/// <param name="maxShare">The share of rejected records above which the run ends, 0 to 1. With 1 it never does.</param>
/// <param name="minRecords">The number of records from which on the share counts.</param>
/// <param name="status">Returns the learner's status.</param>
internal sealed class RejectionGuard(double maxShare, long minRecords, RecentDeadLetters deadLetters, Func<PipelineStatus> status, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    // The counts of a checkpoint belong to earlier runs.
    private readonly StreamCounters _start = status().Ranking.Stream;

    /// <summary>Returns when <paramref name="cancellation"/> is canceled.</summary>
    /// <exception cref="TooManyRejectionsException">The share was exceeded.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var (rejected, total) = Count();
            if (total >= minRecords && rejected > maxShare * total)
                throw Failure(rejected, total);
            await Task.Delay(PollInterval, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Checks a run that has ended, whatever its number of records.</summary>
    /// <exception cref="TooManyRejectionsException">Every record was rejected.</exception>
    public void ThrowIfAllRejected()
    {
        var (rejected, total) = Count();
        if (rejected > 0 && rejected == total && maxShare < 1)
            throw Failure(rejected, total);
    }

    private (long Rejected, long Total) Count()
    {
        var now = status().Ranking.Stream;
        var rejected = now.DeadLettered - _start.DeadLettered;
        return (rejected, rejected + now.Consumed - _start.Consumed + now.LateLabels - _start.LateLabels);
    }

    private TooManyRejectionsException Failure(long rejected, long total) => new(rejected, total, deadLetters.Reasons() is [var reason, ..] ? reason : null);
}
