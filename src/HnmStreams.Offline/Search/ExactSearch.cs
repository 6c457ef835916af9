namespace HnmStreams.Offline.Search;

/// <summary>
/// The best candidates of every query by dot product, exactly: blocked products over all pairs, each tile scanned while it
/// is in the cache. Each thread takes a block of queries past all candidates, which are read from where they lie, so that
/// memory does not grow with either set: a block takes 4 x width + 16 x top bytes a query.
/// </summary>
public sealed class ExactSearch(IVectorRows queries, IVectorRows candidates, ISearchRules rules, SearchOptions options) : IDisposable
{
    private readonly Lock _order = new();
    private readonly SortedDictionary<int, IReadOnlyList<Neighbours>> _finished = [];
    private readonly SemaphoreSlim _room = new(4 * options.ThreadsToUse);
    private int _nextBlock;
    private int _nextToTell;

    private int BlockRows => Math.Min(options.QueriesInBlock, Math.Max(1, (queries.Count + options.ThreadsToUse - 1) / options.ThreadsToUse));

    private int Blocks => (queries.Count + BlockRows - 1) / BlockRows;

    /// <summary>Searches for all queries and returns when the last was told. Once only.</summary>
    /// <param name="found">Told of each block of queries in their order, one call at a time, from any of the threads.</param>
    /// <param name="pairs">Told how many pairs of query and candidate were compared since the last call; from any thread, several at a time.</param>
    /// <exception cref="AggregateException">A thread failed; the others have stopped.</exception>
    public void Run(Action<IReadOnlyList<Neighbours>> found, Action<long>? pairs, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(found);
        if (queries.Width != candidates.Width)
            throw new InvalidOperationException($"Queries are {queries.Width} wide and candidates {candidates.Width}: they are of two models.");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var failures = new List<Exception>();
        var threads = Enumerable.Range(0, Math.Min(options.ThreadsToUse, Blocks)).Select(i => new Thread(() => Work(found, pairs, stop, failures))
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

    public void Dispose() => _room.Dispose();

    private void Work(Action<IReadOnlyList<Neighbours>> found, Action<long>? pairs, CancellationTokenSource stop, List<Exception> failures)
    {
        try
        {
            using var block = new SearchBlock(queries, candidates, rules, options, BlockRows);
            while (true)
            {
                // What is finished out of turn waits in memory: nobody may get far ahead of the slowest.
                _room.Wait(stop.Token);
                var number = Interlocked.Increment(ref _nextBlock) - 1;
                if (number >= Blocks)
                    return;
                Tell(number, block.Search(number * BlockRows, pairs, stop.Token), found);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // A thread of ours must not end the process: the caller is told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            lock (_order)
                failures.Add(e);
            stop.Cancel();
        }
    }

    private void Tell(int number, IReadOnlyList<Neighbours> neighbours, Action<IReadOnlyList<Neighbours>> found)
    {
        lock (_order)
        {
            _finished.Add(number, neighbours);
            while (_finished.Remove(_nextToTell, out var next))
            {
                found(next);
                _nextToTell++;
                _room.Release();
            }
        }
    }
}
