using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Tasks.Encoders;
using HnmStreams.Tasks.Encoders.Tokens;

namespace HnmStreams.Tasks.Teachers;

/// <summary>
/// The cross-encoder of the task retrieval. It reads the stored beginnings of both texts. Answers are cached by the content of the texts, so that a pair
/// that is drawn again costs nothing. Thread-safe.
/// </summary>
internal sealed class PairTeacher : IPairTeacher
{
    // Collisions of the cache's keys must not be constructible by a producer.
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private readonly PairInput _input;
    private readonly EmbeddingTask _task;
    private readonly FeatureCache? _cache;
    private long _computed;

    /// <param name="file">The name and the hash of the file.</param>
    public PairTeacher(PairInput input, EmbeddingTask task, TeacherOptions options, string file)
    {
        (_input, _task, Threshold, QueryPrefix) = (input, task, options.Threshold, options.QueryPrefix);
        Identity = FormattableString.Invariant($"{file}, pairs of at most {options.MaxTokens} tokens, threshold {Threshold}, queries '{QueryPrefix}'");
        _cache = options.CacheMegabytes == 0 ? null : new FeatureCache(sizeof(float), (long)options.CacheMegabytes << 20);
    }

    public string Identity { get; }

    public double Threshold { get; }

    public string? QueryPrefix { get; }

    public long Computed => Interlocked.Read(ref _computed);

    public void Check(RowBuffer rows, ReadOnlySpan<(int Query, int Passage)> pairs, bool isExact, Span<float> relevance)
    {
        ArgumentNullException.ThrowIfNull(rows);
        relevance[..pairs.Length].Fill(float.NaN);
        var keys = new UInt128[pairs.Length];
        var firsts = new Dictionary<UInt128, int>();
        var missing = new List<(PairTokens Tokens, int Pair)>();
        for (var i = 0; i < pairs.Length; i++)
        {
            var (query, passage) = (_task.View(rows.Payload(pairs[i].Query)).Text, _task.View(rows.Payload(pairs[i].Passage)).Text);
            if (query is null || passage is null)
                continue;
            keys[i] = KeyOf(query, passage);
            // A second pair of the same texts takes the answer of the first.
            if (!firsts.TryAdd(keys[i], i) || (!isExact && _cache?.TryRead(keys[i], MemoryMarshal.AsBytes(relevance.Slice(i, 1))) == true))
                continue;
            if (_input.Tokens(query, passage) is { } tokens)
                missing.Add((tokens, i));
        }

        Compute(missing, keys, relevance);
        for (var i = 0; i < pairs.Length; i++)
        {
            if (firsts.TryGetValue(keys[i], out var first))
                relevance[i] = relevance[first];
        }
    }

    private void Compute(List<(PairTokens Tokens, int Pair)> missing, UInt128[] keys, Span<float> relevance)
    {
        if (missing.Count == 0)
            return;
        missing.Sort(static (a, b) => (a.Tokens.Ids.Length, a.Pair).CompareTo((b.Tokens.Ids.Length, b.Pair)));
        var computed = new float[missing.Count];
        _input.Run(missing.ConvertAll(static pair => pair.Tokens), computed);
        for (var i = 0; i < computed.Length; i++)
        {
            relevance[missing[i].Pair] = computed[i];
            _cache?.Write(keys[missing[i].Pair], MemoryMarshal.AsBytes(computed.AsSpan(i, 1)));
        }

        Interlocked.Add(ref _computed, computed.Length);
    }

    private UInt128 KeyOf(string query, string passage)
    {
        var hash = new XxHash128(_seed);
        // The length separates the two texts.
        hash.Append(MemoryMarshal.AsBytes<int>([query.Length]));
        hash.Append(MemoryMarshal.AsBytes(query.AsSpan()));
        hash.Append(MemoryMarshal.AsBytes(passage.AsSpan()));
        return hash.GetCurrentHashAsUInt128();
    }
}
