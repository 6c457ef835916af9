using System.Text.Json;
using HnmStreams.Data.Files;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing.Disk;
using Microsoft.Win32.SafeHandles;

namespace HnmStreams.Pipeline.Checkpointing.Crashes;

/// <summary>
/// A journal of the batches in native code that survives a crash, so that a record that crashes the process is found and dead-lettered.
/// The file <c>in-flight</c> has one page per worker, rewritten in place before and after each batch. The file <c>crashes.json</c> has
/// the conclusions and is replaced as a whole.
/// </summary>
/// <remarks>
/// <para>
/// Nothing is flushed to the disk per batch: the writes of a killed process stay in the page cache, and a machine that
/// loses power was not crashed by a record.
/// </para>
/// <para>
/// <see cref="TryBegin"/> and <see cref="End"/> may be called by one thread per worker at the same time, everything else by
/// one thread at a time. If nothing is suspected, they cost one small write each and allocate nothing once warm.
/// </para>
/// </remarks>
internal sealed class CrashJournal : IDisposable
{
    private const int MaxHistoryBytes = 16 << 20;
    private static readonly byte[] Empty = new byte[InFlightPage.EmptyBytes];
    private readonly Lock _gate = new();
    private readonly string _historyPath;
    private readonly SafeFileHandle _file;
    private readonly byte[][] _pages;
    private readonly List<string>[] _topics;
    private readonly long _epoch;
    private CrashHistory _history;

    private CrashJournal(string folder, SafeFileHandle file, int workers, long epoch, CrashHistory history, string? damage)
    {
        (_historyPath, _file, _epoch, _history, Damage) = (HistoryIn(folder), file, epoch, history, damage);
        _pages = [.. Enumerable.Range(0, workers).Select(_ => new byte[InFlightPage.Bytes])];
        _topics = [.. Enumerable.Range(0, workers).Select(_ => new List<string>())];
    }

    /// <summary>The reason if an earlier history could not be used and a new one was begun, else null.</summary>
    public string? Damage { get; }

    /// <summary>The batches in flight when the previous run crashed; empty if it ended otherwise.</summary>
    public IReadOnlyList<InFlightOffsets> LastCrash { get; private init; } = [];

    public CrashHistory History => Volatile.Read(ref _history);

    /// <summary>The current plan for the suspects. It changes when a batch returns.</summary>
    public BisectionPlan Plan => History is { Suspects.Count: 0, PoisonRecords.Count: 0 } ? BisectionPlan.Plain : CrashDecision.PlanFor(History);

    /// <summary>Counts the crash of the previous run, if it crashed in native code, and begins a run. The caller must hold the lease.</summary>
    /// <param name="workers">The number of threads that pass batches to native code.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static CrashJournal Open(string folder, int workers, long epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workers);
        Directory.CreateDirectory(folder);
        var history = ReadHistory(HistoryIn(folder), out var damage);
        // Not exclusive: a hung learner that was replaced may still have it open.
        var file = File.OpenHandle(RegularFile.Required(Path.Combine(folder, "in-flight")), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            var (run, inFlight) = ReadInFlight(file, damage is null ? history.Run : null);
            var counted = CrashDecision.AfterCrash(history, inFlight) with { Run = run + 1 };
            // From here on the crash is counted. The remaining pages belong to a run that has ended.
            Save(HistoryIn(folder), counted);
            Clear(file, workers);
            return new CrashJournal(folder, file, workers, epoch, counted, damage) { LastCrash = inFlight };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Notes that a worker is about to pass a batch to native code.</summary>
    /// <returns>False if the batch has more spans than a page holds. Then a crash in it is not counted.</returns>
    public bool TryBegin(int worker, NativeWork work, IReadOnlyList<OffsetSpan> offsets)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        var page = _pages[worker];
        var used = InFlightPage.Write(page, History.Run, work, _epoch, offsets, _topics[worker]);
        if (used == 0)
            page.AsSpan(0, InFlightPage.EmptyBytes).Clear();
        RandomAccess.Write(_file, page.AsSpan(0, Math.Max(used, InFlightPage.EmptyBytes)), PageOf(worker));
        return used > 0;
    }

    /// <summary>Notes that the batch has returned, with a result or an exception.</summary>
    /// <param name="incomplete">A record of the batch that stays suspected, because further rows of it follow; null if none exists.</param>
    public void End(int worker, Origin? incomplete = null)
    {
        RandomAccess.Write(_file, Empty, PageOf(worker));
        if (History.Suspects.Count > 0 && InFlightPage.Read(_pages[worker]) is { } survived)
            Clear(incomplete is { } record ? survived.Batch.Without(record) : survived.Batch);
        _pages[worker].AsSpan(0, InFlightPage.EmptyBytes).Clear();
    }

    /// <summary>Adds a record that crashes other processes, which score for the learner.</summary>
    public void Add(PoisonRecord record) => Change(h => h with { PoisonRecords = [.. h.PoisonRecords, record] });

    /// <summary>Forgets the offsets that no kept checkpoint reaches back to.</summary>
    /// <param name="oldestKept">The positions of the oldest checkpoint that may still be loaded.</param>
    public void Forget(IReadOnlyList<StreamPosition> oldestKept) => Change(h => CrashDecision.AfterCheckpoint(h, oldestKept));

    public void Dispose() => _file.Dispose();

    private static string HistoryIn(string folder) => Path.Combine(folder, "crashes.json");

    private static long PageOf(int worker) => (long)worker * InFlightPage.Bytes;

    private static CrashHistory ReadHistory(string path, out string? damage)
    {
        damage = null;
        try
        {
            var content = SealedJson.Open(DurableFile.Read(path, MaxHistoryBytes));
            var format = JsonSerializer.Deserialize(content.Span, CrashJson.Default.FormatMark)?.Format;
            if (format == CrashHistory.CurrentFormat)
                return JsonSerializer.Deserialize(content.Span, CrashJson.Default.CrashHistory)!;
            damage = $"{path} is of format {format}; this program reads format {CrashHistory.CurrentFormat}.";
        }
        catch (FileNotFoundException)
        {
            return CrashHistory.None;
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            damage = $"{path} cannot be used: {e.Message}.";
        }

        return CrashHistory.None;
    }

    /// <summary>Reads the batches in flight of the last run.</summary>
    /// <param name="run">The number of the last run; null if it is unknown, and the highest number on the pages is used.</param>
    private static (long Run, IReadOnlyList<InFlightOffsets> InFlight) ReadInFlight(SafeFileHandle file, long? run)
    {
        var found = new List<(long Run, InFlightOffsets Batch)>();
        var page = new byte[InFlightPage.Bytes];
        var pages = Math.Min(RandomAccess.GetLength(file) / InFlightPage.Bytes, MaxHistoryBytes / InFlightPage.Bytes);
        for (var i = 0; i < pages; i++)
        {
            var read = RandomAccess.Read(file, page, PageOf(i));
            if (InFlightPage.Read(page.AsSpan(0, read)) is { } entry)
                found.Add(entry);
        }

        var last = run ?? (found.Count == 0 ? 0 : found.Max(f => f.Run));
        return (last, [.. found.Where(f => f.Run == last).Select(f => f.Batch)]);
    }

    /// <summary>Allocates the disk space, so that a full disk cannot fail a batch.</summary>
    private static void Clear(SafeFileHandle file, int workers)
    {
        RandomAccess.SetLength(file, (long)workers * InFlightPage.Bytes);
        var zeros = new byte[InFlightPage.Bytes];
        for (var i = 0; i < workers; i++)
            RandomAccess.Write(file, zeros, PageOf(i));
    }

    private static void Save(string path, CrashHistory history) =>
        DurableFile.Replace(path, SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(history, CrashJson.Default.CrashHistory)));

    // A separate method: in End the closure would be allocated for every batch.
    private void Clear(InFlightOffsets batch) => Change(h => CrashDecision.AfterSurvival(h, batch));

    private void Change(Func<CrashHistory, CrashHistory> change)
    {
        lock (_gate)
        {
            var changed = change(_history);
            if (ReferenceEquals(changed, _history))
                return;
            Save(_historyPath, changed);
            Volatile.Write(ref _history, changed);
        }
    }
}
