using System.Collections.Concurrent;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing.Crashes;

namespace HnmStreams.Pipeline.Supervision;

/// <summary>
/// A tracker of the calls that are in native code and their start times. The crash journal uses it to find records that crash the process,
/// and <see cref="HangDetector"/> to detect a hang.
/// </summary>
/// <param name="journal">Null if no state is kept on disk.</param>
/// <param name="workers">The number of threads that call native code with batches.</param>
/// <remarks>Thread-safe. Each worker number is used by one thread at a time.</remarks>
internal sealed class NativeCallTracker(CrashJournal? journal, int workers, TimeProvider time)
{
    private readonly long[] _since = new long[workers];
    private readonly NativeWork[] _work = new NativeWork[workers];
    private readonly ConcurrentBag<int> _free = [.. Enumerable.Range(0, workers)];

    /// <summary>The record of calls with suspected records in another process; null for none.</summary>
    public ISuspectedCalls? Suspected { get; set; }

    /// <summary>The plan for records suspected of having crashed earlier runs.</summary>
    public BisectionPlan Plan => journal?.Plan ?? BisectionPlan.Plain;

    /// <summary>The oldest call that is still in native code; null if none exists.</summary>
    public (NativeWork Work, TimeSpan Duration)? Longest
    {
        get
        {
            var (oldest, worker) = _since.Select((_, i) => (At: Volatile.Read(ref _since[i]), i)).Where(call => call.At != 0).DefaultIfEmpty().Min();
            return oldest == 0 ? null : (_work[worker], time.GetElapsedTime(oldest));
        }
    }

    /// <summary>Reserves a worker number, to be released by <see cref="Return"/>.</summary>
    public int Rent() => _free.TryTake(out var worker) ? worker : throw new InvalidOperationException($"All {_since.Length} worker numbers are in use.");

    public void Return(int worker) => _free.Add(worker);

    /// <summary>Records that native code starts on these offsets. Disposing the result records that the call returned or threw.</summary>
    /// <param name="incomplete">The record of which further rows follow in another call, so that its survival is not known yet; null if none exists.</param>
    /// <param name="isSuspected">True if the offsets are suspected, so that nothing else is in native code.</param>
    public Call Begin(int worker, NativeWork work, IReadOnlyList<OffsetSpan> offsets, Origin? incomplete = null, bool isSuspected = false)
    {
        var suspected = isSuspected ? Suspected : null;
        suspected?.Begin(offsets);
        journal?.TryBegin(worker, work, offsets);
        _work[worker] = work;
        Volatile.Write(ref _since[worker], time.GetTimestamp());
        return new Call(this, worker, incomplete, suspected);
    }

    private void End(int worker, Origin? incomplete, ISuspectedCalls? suspected)
    {
        suspected?.End();
        Volatile.Write(ref _since[worker], 0);
        journal?.End(worker, incomplete);
    }

    internal readonly struct Call(NativeCallTracker nativeCalls, int worker, Origin? incomplete, ISuspectedCalls? suspected) : IDisposable
    {
        public void Dispose() => nativeCalls.End(worker, incomplete, suspected);
    }
}

/// <summary>A record of the calls with suspected records that outlives the process.</summary>
internal interface ISuspectedCalls
{
    /// <summary>Notes that the offsets are about to be passed to native code, with nothing else in it. Returns once that is known elsewhere.</summary>
    void Begin(IReadOnlyList<OffsetSpan> offsets);

    /// <summary>Notes that the call has returned. Returns once that is known elsewhere.</summary>
    void End();
}
