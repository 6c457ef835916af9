using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using RocksDbSharp;

namespace HnmStreams.Pipeline.Memory.Waiting.Storage;

/// <summary>A table of <see cref="WaitingDatabase"/>, which is a column family.</summary>
internal enum WaitingTable
{
    /// <summary>Key → record.</summary>
    Records,

    /// <summary>Sequence → content of an input. In the order of arrival, so that compactions move files instead of merging them.</summary>
    Inputs,

    /// <summary>Deadline and key → nothing. The order in which records leave.</summary>
    Deadlines,
}

/// <summary>The RocksDB database of the waiting store.</summary>
/// <remarks>
/// One owner, one thread; RocksDB has its own threads for flushes and compactions. There is no write-ahead log: a checkpoint has all that must
/// survive, and a restart reads the later records again. Memory is bounded: indexes and filters are in the block cache, and the write buffers
/// of all tables share one limit.
/// </remarks>
internal sealed unsafe class WaitingDatabase : IDisposable
{
    private const int FilterBitsPerKey = 10;
    private const ulong BlockBytes = 4 << 10;
    private const ulong FileBytes = 64 << 20;
    private const ulong MetadataBlockBytes = 4 << 10;
    private const int MaxOpenFiles = 512;

    /// <summary>The share of a write buffer that its filter takes: about 20 bits per record.</summary>
    private const double BufferFilterShare = 0.02;
    private const ulong MaxLogBytes = 1 << 20;

    private static readonly string[] TableNames = ["records", "inputs", "deadlines"];
    private static readonly Native Api = Native.Instance;

    private readonly string _folder;
    private readonly RocksDb _database;
    private readonly ColumnFamilyHandle[] _tables;
    private readonly WriteOptions _write = new WriteOptions().DisableWal(1);
    private readonly ReadOptions _read = new();
    private readonly ReadOptions _scan = new ReadOptions().SetFillCache(false);
    private IntPtr[] _errors = [];
    private Slice[] _slices = [];
    private IntPtr[] _values = [];

    private WaitingDatabase(string folder, RocksDb database)
    {
        (_folder, _database) = (folder, database);
        _tables = [.. TableNames.Select(database.GetColumnFamily)];
    }

    /// <summary>A reader of the value of a key.</summary>
    /// <param name="index">The index of the key.</param>
    public delegate void ValueReader(int index, ReadOnlySpan<byte> value);

    /// <summary>Opens a database, or creates it.</summary>
    /// <exception cref="WaitingStoreException">It is damaged, or the disk cannot be used.</exception>
    public static WaitingDatabase Open(string folder, long cacheBytes, long writeBufferBytes)
    {
        Directory.CreateDirectory(folder);
        var cache = Cache.CreateLru((ulong)cacheBytes);
        // Half of the shared limit, so that one table does not fill it: RocksDB flushes the oldest buffer when the limit is near.
        var bufferBytes = Math.Max(1UL << 18, (ulong)writeBufferBytes / 2);
        var families = new ColumnFamilies(TableOptions(cache, bufferBytes, hasFilter: false));
        foreach (var name in TableNames)
            families.Add(name, TableOptions(cache, bufferBytes, hasFilter: string.Equals(name, TableNames[0], StringComparison.Ordinal)));
        var options = new DbOptions()
            .SetCreateIfMissing(true)
            .SetCreateMissingColumnFamilies(true)
            .SetDbWriteBufferSize((ulong)writeBufferBytes)
            .SetMaxOpenFiles(MaxOpenFiles)
            .SkipStatsUpdateOnOpen(true)
            .SetStatsDumpPeriodSec(0)
            .SetAllowConcurrentMemtableWrite(false)
            .SetInfoLogLevel(InfoLogLevel.Warn)
            .SetMaxLogFileSize(MaxLogBytes)
            .SetKeepLogFileNum(2)
            .IncreaseParallelism(2);
        try
        {
            return new WaitingDatabase(folder, RocksDb.Open(options, folder, families));
        }
        catch (RocksDbException e)
        {
            throw WaitingStoreException.From(folder, e);
        }
    }

    public WriteBatchWriter Batch() => new(this);

    /// <summary>Reads the values of many keys at once. O(keys · log n).</summary>
    /// <param name="keys">All keys, one after the other.</param>
    /// <param name="read">Called for each key that exists, in their order. The value is valid during the call.</param>
    /// <exception cref="WaitingStoreException">The disk failed, or a file is damaged.</exception>
    public void Read(WaitingTable table, ReadOnlySpan<byte> keys, int keyBytes, ValueReader read)
    {
        var count = keys.Length / keyBytes;
        if (count == 0)
            return;
        if (_slices.Length < count)
            (_slices, _values, _errors) = (new Slice[count], new IntPtr[count], new IntPtr[count]);
        fixed (byte* key = keys)
        fixed (Slice* slices = _slices)
        fixed (IntPtr* values = _values)
        {
            for (var i = 0; i < count; i++)
                slices[i] = new Slice((IntPtr)(key + (i * keyBytes)), (nuint)keyBytes);
            Array.Clear(_errors, 0, count);
            Array.Clear(_values, 0, count);
            Api.rocksdb_batched_multi_get_cf_slice(
                _database.Handle, _read.Handle, _tables[(int)table].Handle, (nuint)count, (IntPtr)slices, (IntPtr)values, _errors, 0);
            ReadValues(count, read);
        }
    }

    /// <summary>Lists the first entries by deadline. O(count + log n).</summary>
    /// <param name="from">The lowest deadline.</param>
    /// <param name="next">Called with each entry, in order, until it returns false.</param>
    public void ScanDeadlines(long from, Func<long, ExampleKey, bool> next)
    {
        try
        {
            using var iterator = _database.NewIterator(_tables[(int)WaitingTable.Deadlines], _scan);
            Span<byte> first = stackalloc byte[RecordCodec.SequenceBytes];
            RecordCodec.WriteSequence(first, from);
            for (iterator.Seek(first); iterator.Valid(); iterator.Next())
            {
                var (deadline, key) = RecordCodec.ReadDeadline(iterator.GetKeySpan());
                if (!next(deadline, key))
                    return;
            }

            var error = IntPtr.Zero;
            Api.rocksdb_iter_get_error(iterator.Handle, out error);
            if (error != IntPtr.Zero)
                throw new RocksDbException(error);
        }
        catch (Exception e) when (e is RocksDbException or InvalidDataException)
        {
            throw WaitingStoreException.From(_folder, e);
        }
    }

    /// <summary>Writes all buffered entries to files, and links the files of this moment into a new folder. O(buffered bytes + files).</summary>
    /// <exception cref="WaitingStoreException">The disk is full or failed.</exception>
    public void Checkpoint(string folder)
    {
        try
        {
            using var checkpoint = _database.Checkpoint();
            checkpoint.Save(folder, 0);
        }
        catch (RocksDbException e)
        {
            throw WaitingStoreException.From(_folder, e);
        }
    }

    /// <summary>Returns the error for content that cannot be.</summary>
    public WaitingStoreException Damaged(string reason) => WaitingStoreException.From(_folder, new InvalidDataException($"Corruption: {reason}"));

    public void Dispose() => _database.Dispose();

    private static ColumnFamilyOptions TableOptions(Cache cache, ulong bufferBytes, bool hasFilter)
    {
        var blocks = new BlockBasedTableOptions()
            .SetBlockCache(cache)
            .SetBlockSize(BlockBytes)
            .SetIndexType(BlockBasedTableIndexType.TwoLevelIndex)
            .SetCacheIndexAndFilterBlocks(true)
            .SetPinL0FilterAndIndexBlocksInCache(true)
            .SetFormatVersion(5);
        Api.rocksdb_block_based_options_set_cache_index_and_filter_blocks_with_high_priority(blocks.Handle, 1);
        Api.rocksdb_block_based_options_set_pin_top_level_index_and_filter(blocks.Handle, 1);
        Api.rocksdb_block_based_options_set_metadata_block_size(blocks.Handle, MetadataBlockBytes);
        if (hasFilter)
        {
            // Most lookups are of ids that are new; the filter answers them without a read.
            blocks.SetFilterPolicy(BloomFilterPolicy.Create(FilterBitsPerKey, use_block_based_builder: false)).SetWholeKeyFiltering(true);
            Api.rocksdb_block_based_options_set_partition_filters(blocks.Handle, 1);
            Api.rocksdb_block_based_options_set_optimize_filters_for_memory(blocks.Handle, 1);
        }

        var options = new ColumnFamilyOptions()
            .SetBlockBasedTableFactory(blocks)
            .SetWriteBufferSize(bufferBytes)
            .SetMaxWriteBufferNumber(2)
            .SetTargetFileSizeBase(FileBytes)
            .SetLevelCompactionDynamicLevelBytes(true)
            .SetCompression(Compression.Lz4);
        if (!hasFilter)
            return options;
        Api.rocksdb_options_set_memtable_whole_key_filtering(options.Handle, 1);
        return options.SetMemtablePrefixBloomSizeRatio(BufferFilterShare);
    }

    private void ReadValues(int count, ValueReader read)
    {
        string? failure = null;
        Exception? thrown = null;
        for (var i = 0; i < count; i++)
        {
            if (_errors[i] != IntPtr.Zero)
            {
                failure ??= Marshal.PtrToStringUTF8(_errors[i]);
                Api.rocksdb_free(_errors[i]);
            }

            if (_values[i] == IntPtr.Zero)
                continue;
            try
            {
                var at = Api.rocksdb_pinnableslice_value(_values[i], out var length);
                if (failure is null && thrown is null)
                    read(i, new ReadOnlySpan<byte>((void*)at, checked((int)length)));
            }
            catch (InvalidDataException e)
            {
                thrown = e;
            }
            finally
            {
                Api.rocksdb_pinnableslice_destroy(_values[i]);
            }
        }

        if (failure is not null || thrown is not null)
            throw thrown is null ? WaitingStoreException.From(_folder, new IOException(failure)) : Damaged(thrown.Message);
    }

    private readonly record struct Slice(IntPtr Data, nuint Length);

    /// <summary>Changes of several tables that are made together.</summary>
    /// <remarks>One owner, one thread. Reusable after <see cref="Write"/>.</remarks>
    internal sealed class WriteBatchWriter(WaitingDatabase owner) : IDisposable
    {
        private readonly WriteBatch _batch = new();

        public void Put(WaitingTable table, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => _batch.Put(key, value, owner._tables[(int)table]);

        public void Delete(WaitingTable table, ReadOnlySpan<byte> key) => _batch.Delete(key, owner._tables[(int)table]);

        /// <summary>Makes all changes, and starts over.</summary>
        /// <exception cref="WaitingStoreException">The disk is full or failed.</exception>
        public void Write()
        {
            try
            {
                owner._database.Write(_batch, owner._write);
            }
            catch (RocksDbException e)
            {
                throw WaitingStoreException.From(owner._folder, e);
            }

            _batch.Clear();
        }

        public void Dispose() => _batch.Dispose();
    }
}
