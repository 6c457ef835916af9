using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Tasks.Retrieval;
using CandidateKey = HnmStreams.Mining.Pool.CandidateKey<HnmStreams.Data.Examples.ExampleKey>;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>Queries and documents that are relevant to one to three of them, with random embeddings that are similar if they share a query.</summary>
internal sealed class SharedDocuments
{
    private const int Queries = 24;
    private const int Width = 8;

    private readonly Xoshiro256StarStar _generator;
    private readonly float[][] _centers;
    private readonly List<string[]> _queriesOfRows = [];
    private long _offset;

    public SharedDocuments(ulong seed)
    {
        _generator = new Xoshiro256StarStar(seed);
        _centers = [.. Enumerable.Range(0, Queries).Select(_ => Unit(Random()))];
    }

    public static RetrievalTask Task { get; } = new(new RetrievalOptions
    {
        Buckets = 256,
        Embedding = Width,
        Batch = { Groups = 4, ItemsPerGroup = 2, MinedPerGroup = 2, MinedFrom = 6 },
        Index = { Capacity = 90 },
    });

    /// <summary>The queries of each example, by its key, as of the last row that was taken.</summary>
    public Dictionary<ExampleKey, string[]> QueriesOf { get; } = [];

    /// <summary>Takes a row of the newest batch: it replaces an earlier example of the same id.</summary>
    public void Take(ExampleBatch batch, int row) => QueriesOf[batch.Sources[row].Key] = _queriesOfRows[row];

    /// <summary>Returns true if two examples share a query.</summary>
    public bool Share(CandidateKey first, CandidateKey second) => QueriesOf[first.Id].Intersect(QueriesOf[second.Id]).Any();

    /// <summary>Returns a scored batch of random queries and documents.</summary>
    /// <param name="ids">The number of ids, which occur again with other queries; null if each example is new.</param>
    public ExampleBatch Next(int count, int? ids = null)
    {
        var batch = new ExampleBatch(0, count) { Scores = new BatchScores(count, Width, 1) };
        _queriesOfRows.Clear();
        for (var i = 0; i < count; i++)
        {
            var number = ids is { } most ? _generator.NextInt32(most) : (int)_offset;
            string[] queries = number < Queries ? [$"q{number}"] : [.. Enumerable.Range(0, 1 + _generator.NextInt32(3)).Select(_ => $"q{_generator.NextInt32(Queries)}").Distinct()];
            var example = new Example($"e{number}", new Target.Identity(queries[0]) { Others = queries[1..] }, new ExampleInput.Text($"text {number}"));
            Assert.Null(Task.Encode(example, batch.Rows));
            var key = ExampleKey.Of(example.Id);
            _queriesOfRows.Add(queries);
            batch.Sources.Add(new RowSource(key, example.Id, new Origin("t", 0, _offset++), default, default));
            batch.ToScore.Add(i);
            var noise = Random();
            Unit([.. noise.Select((x, n) => (0.3f * x) + queries.Sum(q => _centers[int.Parse(q[1..], null)][n]))]).CopyTo(batch.Scores.Outputs.Slice(i * Width, Width));
        }

        batch.Scores.Hardness.Clear();
        return batch;
    }

    private float[] Random() => [.. Enumerable.Range(0, Width).Select(_ => (float)(_generator.NextDouble() - 0.5))];

    private static float[] Unit(float[] vector)
    {
        var length = MathF.Sqrt(vector.Sum(static x => x * x));
        return [.. vector.Select(x => x / length)];
    }
}
