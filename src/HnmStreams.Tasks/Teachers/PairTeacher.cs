using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Tasks.Encoders.Tokens;

namespace HnmStreams.Tasks.Teachers;

/// <summary>
/// The cross-encoder of the task retrieval. It reads the stored beginnings of both texts. Answers are cached by the content of the texts, so that a pair
/// that is drawn again costs nothing. Thread-safe.
/// </summary>
internal sealed class PairTeacher : IPairTeacher
{
    private readonly PairInput _input;
    private readonly EmbeddingTask _task;
    private readonly AnswerCache _answers;

    /// <param name="file">The name and the hash of the file.</param>
    public PairTeacher(PairInput input, EmbeddingTask task, TeacherOptions options, string file)
    {
        (_input, _task, Threshold, QueryPrefix) = (input, task, options.Threshold, options.QueryPrefix);
        Identity = FormattableString.Invariant($"{file}, pairs of at most {options.MaxTokens} tokens, threshold {Threshold}, queries '{QueryPrefix}'");
        _answers = new AnswerCache(1, options.CacheMegabytes);
    }

    public string Identity { get; }

    public double Threshold { get; }

    public string? QueryPrefix { get; }

    public long Computed => _answers.Computed;

    public void Check(RowBuffer rows, ReadOnlySpan<(int Query, int Passage)> pairs, bool isExact, Span<float> relevance)
    {
        ArgumentNullException.ThrowIfNull(rows);
        relevance[..pairs.Length].Fill(float.NaN);
        var keys = new UInt128?[pairs.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            if (TextsOf(rows, pairs[i]) is ({ } query, { } passage))
                keys[i] = _answers.KeyOf(query, passage);
        }

        var missing = _answers.Read(keys, isExact, relevance);
        _answers.Write(missing, Compute(rows, pairs, missing.Positions, relevance), relevance);
    }

    /// <summary>Computes the pairs in which both texts have words, and returns their positions.</summary>
    private int[] Compute(RowBuffer rows, ReadOnlySpan<(int Query, int Passage)> pairs, List<int> positions, Span<float> relevance)
    {
        var asked = new List<(PairTokens Tokens, int Position)>(positions.Count);
        foreach (var position in positions)
        {
            var (query, passage) = TextsOf(rows, pairs[position]);
            if (_input.Tokens(query, passage) is { } tokens)
                asked.Add((tokens, position));
        }

        asked.Sort(static (a, b) => (a.Tokens.Ids.Length, a.Position).CompareTo((b.Tokens.Ids.Length, b.Position)));
        var computed = new float[asked.Count];
        _input.Run(asked.ConvertAll(static pair => pair.Tokens), computed);
        for (var i = 0; i < computed.Length; i++)
            relevance[asked[i].Position] = computed[i];
        return [.. asked.Select(static pair => pair.Position)];
    }

    private (string? Query, string? Passage) TextsOf(RowBuffer rows, (int Query, int Passage) pair) =>
        (_task.View(rows.Payload(pair.Query)).Text, _task.View(rows.Payload(pair.Passage)).Text);
}
