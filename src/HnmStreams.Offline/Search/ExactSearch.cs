namespace HnmStreams.Offline.Search;

/// <summary>
/// An exact top-k search by dot product: blocked matrix products over all pairs, with each tile of scores scanned while it
/// is in the cache. Each thread compares a block of queries with all candidates. Candidates are read in pieces, so that
/// memory does not grow with either set: a block takes 4 x width + 16 x top bytes per query.
/// </summary>
public sealed class ExactSearch(IVectorRows queries, IVectorRows candidates, ISearchRules rules, SearchOptions options) : IDisposable
{
    private readonly Lock _order = new();
    private readonly SortedDictionary<int, IReadOnlyList<SearchResult>> _finished = [];
    private readonly SemaphoreSlim _pendingBlocks = new(4 * options.EffectiveThreads);
    private int _nextBlock;
    private int _nextToReport;

    private int BlockRows => Math.Min(options.QueriesInBlock, Math.Max(1, (queries.Count + options.EffectiveThreads - 1) / options.EffectiveThreads));

    private int Blocks => (queries.Count + BlockRows - 1) / BlockRows;

    /// <summary>Searches for all queries and returns after the last result was reported. May be called once.</summary>
    /// <param name="found">Called with the results of each block of queries in order, one call at a time, from any of the threads.</param>
    /// <param name="pairs">Called with the number of pairs compared since the last call, concurrently from any of the threads.</param>
    /// <exception cref="AggregateException">A thread failed; the others were stopped.</exception>
    public void Run(Action<IReadOnlyList<SearchResult>> found, Action<long>? pairs, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(found);
        if (queries.Width != candidates.Width)
            throw new InvalidOperationException($"Queries and candidates must have the same width but have {queries.Width} and {candidates.Width}. Both must come from the same model.");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var failures = new List<Exception>();
        var threads = Enumerable.Range(0, Math.Min(options.EffectiveThreads, Blocks)).Select(i => new Thread(() => Work(found, pairs, stop, failures))
        {
            Name = $"hnm-search-{i}",
            IsBackground = true,
        }).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        cancellation.ThrowIfCancellationRequested();
        if (failures.Count > 0)
            throw new AggregateException("The search failed.", failures);
    }

    public void Dispose() => _pendingBlocks.Dispose();

    private void Work(Action<IReadOnlyList<SearchResult>> found, Action<long>? pairs, CancellationTokenSource stop, List<Exception> failures)
    {
        try
        {
            using var block = new SearchBlock(queries, candidates, rules, options, BlockRows);
            while (true)
            {
                // Blocks that finish out of order wait in memory, so the number of pending blocks is bounded.
                _pendingBlocks.Wait(stop.Token);
                var number = Interlocked.Increment(ref _nextBlock) - 1;
                if (number >= Blocks)
                    return;
                Report(number, block.Search(number * BlockRows, pairs, stop.Token), found);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // An exception on a search thread must not end the process; it is rethrown to the caller.
        catch (Exception e)
#pragma warning restore CA1031
        {
            lock (_order)
                failures.Add(e);
            stop.Cancel();
        }
    }

    private void Report(int number, IReadOnlyList<SearchResult> results, Action<IReadOnlyList<SearchResult>> found)
    {
        lock (_order)
        {
            _finished.Add(number, results);
            while (_finished.Remove(_nextToReport, out var next))
            {
                found(next);
                _nextToReport++;
                _pendingBlocks.Release();
            }
        }
    }
}
