using System.Collections.Concurrent;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing.Crashes;

namespace HnmStreams.Pipeline.Supervision;

/// <summary>
/// Knows what is in native code now, and since when: for the journal, which finds records that kill the process, and for
/// the <see cref="HangWatch"/>, which ends a process that hangs.
/// </summary>
/// <param name="journal">Null where no state is kept.</param>
/// <param name="workers">Threads that hand batches to native code.</param>
/// <remarks>Thread-safe; each worker number is used by one thread at a time.</remarks>
internal sealed class NativeCallWatch(CrashJournal? journal, int workers, TimeProvider time)
{
    private readonly long[] _since = new long[workers];
    private readonly ConcurrentBag<int> _free = [.. Enumerable.Range(0, workers)];

    /// <summary>What to do about records that killed earlier runs.</summary>
    public BisectionPlan Plan => journal?.Plan ?? BisectionPlan.Plain;

    /// <summary>How long the oldest call has been in native code; zero where none is.</summary>
    public TimeSpan Longest
    {
        get
        {
            var oldest = _since.Select((_, i) => Volatile.Read(ref _since[i])).Where(at => at != 0).DefaultIfEmpty(0).Min();
            return oldest == 0 ? TimeSpan.Zero : time.GetElapsedTime(oldest);
        }
    }

    /// <summary>A worker's number, to be given back by <see cref="Return"/>.</summary>
    public int Rent() => _free.TryTake(out var worker) ? worker : throw new InvalidOperationException("There are more workers than were said.");

    public void Return(int worker) => _free.Add(worker);

    /// <summary>Native code gets these offsets; disposing says that it came back, with a result or an exception.</summary>
    public Call Begin(int worker, NativeWork work, IReadOnlyList<OffsetSpan> offsets)
    {
        journal?.TryBegin(worker, work, offsets);
        Volatile.Write(ref _since[worker], time.GetTimestamp());
        return new Call(this, worker);
    }

    private void End(int worker)
    {
        Volatile.Write(ref _since[worker], 0);
        journal?.End(worker);
    }

    internal readonly struct Call(NativeCallWatch watch, int worker) : IDisposable
    {
        public void Dispose() => watch.End(worker);
    }
}
