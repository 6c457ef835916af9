using Akka.Actor;
using HnmStreams.Web.Api;

namespace HnmStreams.Web.Dashboard.Feed;

/// <summary>Asks the learner for everything on the page: once for all who look, and not at all while nobody does.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class DashboardFeed(LearnerQueries answers, TimeProvider time) : IDisposable
{
    /// <summary>The hardest that the page shows.</summary>
    public const int Hardest = 12;

    /// <summary>A picture this old is still shown to the next who asks.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(900);

    private readonly SemaphoreSlim _one = new(1);
    private DashboardData? _last;
    private long _taken;

    public async Task<DashboardData> LookAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (_last is null || time.GetElapsedTime(_taken) > Fresh)
                (_last, _taken) = (await AskAsync(cancellation), time.GetTimestamp());
            return _last;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Somebody changed something: the next look is a new one.</summary>
    public void Forget() => _taken = 0;

    public void Dispose() => _one.Dispose();

    private async Task<DashboardData> AskAsync(CancellationToken cancellation)
    {
        var picture = new DashboardData(answers.Status(), answers.History(), null, null, null, null, null, null, null, null);
        try
        {
            return picture with
            {
                Histogram = await answers.HistogramAsync(cancellation),
                Batches = await answers.BatchesAsync(cancellation),
                Hardest = await answers.HardestAsync(Hardest, cancellation),
                Quarantine = await answers.QuarantineAsync(cancellation),
                Checkpoints = answers.Checkpoints(),
                DeadLetters = answers.DeadLetters(),
                Models = answers.Models(),
            };
        }
        catch (Exception e) when (e is NoLearnerException or TimeoutException or AskTimeoutException)
        {
            return picture with { Problem = e.Message };
        }
    }
}
