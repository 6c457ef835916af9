using Akka.Actor;
using HnmStreams.Web.Api;
using HnmStreams.Web.Operating;

namespace HnmStreams.Web.Dashboard.Feed;

/// <summary>A cache of the page's data. All visitors share one query, and there are no queries without visitors.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class DashboardFeed(RunQueries queries, TimeProvider time) : IDisposable
{
    /// <summary>Number of hardest negatives on the page.</summary>
    public const int HardestCount = 12;

    /// <summary>Number of open label requests on the page.</summary>
    public const int RequestCount = 8;

    /// <summary>Number of newest events on the page.</summary>
    public const int EventCount = 100;

    /// <summary>Maximum age of cached data.</summary>
    public static readonly TimeSpan CacheLifetime = TimeSpan.FromMilliseconds(900);

    private readonly SemaphoreSlim _gate = new(1);
    private DashboardData? _cached;
    private long _cachedAt;

    /// <summary>Returns the cached data, or queries the learner if they are too old.</summary>
    public async Task<DashboardData> GetAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_cached is null || time.GetElapsedTime(_cachedAt) > CacheLifetime)
                (_cached, _cachedAt) = (await QueryAsync(cancellation), time.GetTimestamp());
            return _cached;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Invalidates the cache after a change.</summary>
    public void Invalidate() => _cachedAt = 0;

    public void Dispose() => _gate.Dispose();

    private async Task<DashboardData> QueryAsync(CancellationToken cancellation)
    {
        var data = new DashboardData(queries.Status(), queries.History(), queries.Events(EventCount), queries.BaselinesEnabled()) { System = queries.System(), Positive = queries.Positive() };
        try
        {
            return data with
            {
                Histogram = await queries.HistogramAsync(cancellation),
                Batches = await queries.BatchesAsync(cancellation),
                Hardest = await queries.HardestAsync(HardestCount, cancellation),
                Quarantine = await queries.QuarantineAsync(cancellation),
                LabelRequests = await queries.LabelRequestsAsync(RequestCount, cancellation),
                Checkpoints = queries.Checkpoints(),
                DeadLetters = queries.DeadLetters(),
                Models = queries.Models(),
            };
        }
        catch (Exception e) when (e is NoLearnerException or TimeoutException or AskTimeoutException)
        {
            return data with { Problem = e.Message };
        }
    }
}
