namespace HnmStreams.Mining.Selection;

/// <summary>An anchor, one of its own class, and one of another; indices into the batch.</summary>
public readonly record struct Triplet(int Anchor, int Positive, int Negative);

/// <summary>An anchor and one other of the batch.</summary>
public readonly record struct Pair(int Anchor, int Other);

/// <summary>
/// A batch of embeddings as the miners see it: how far each is from each, and who belongs together. <b>Smaller is closer</b>,
/// whatever was given: similarities are turned round here, once.
/// </summary>
public sealed class EmbeddingBatch
{
    private readonly float[] _distances;
    private readonly int[] _labels;

    private EmbeddingBatch(float[] distances, int[] labels) => (_distances, _labels) = (distances, labels);

    /// <summary>Embeddings in the batch.</summary>
    public int Count => _labels.Length;

    /// <param name="distances">n x n, row by row; smaller is closer; not NaN.</param>
    /// <param name="labels">n class labels.</param>
    public static EmbeddingBatch FromDistances(ReadOnlySpan<float> distances, ReadOnlySpan<int> labels) => Create(distances, labels, 1);

    /// <param name="similarities">n x n, row by row; larger is closer (cosines, dot products); not NaN.</param>
    /// <param name="labels">n class labels.</param>
    public static EmbeddingBatch FromSimilarities(ReadOnlySpan<float> similarities, ReadOnlySpan<int> labels) => Create(similarities, labels, -1);

    public float Distance(int from, int to) => _distances[(from * Count) + to];

    /// <summary>Larger is closer: the distance turned round.</summary>
    public float Similarity(int from, int to) => -Distance(from, to);

    /// <summary>Another one of the same class.</summary>
    public bool IsPositive(int anchor, int other) => anchor != other && _labels[anchor] == _labels[other];

    public bool IsNegative(int anchor, int other) => _labels[anchor] != _labels[other];

    private static EmbeddingBatch Create(ReadOnlySpan<float> numbers, ReadOnlySpan<int> labels, float direction)
    {
        if (numbers.Length != (long)labels.Length * labels.Length)
            throw new ArgumentException($"{labels.Length} labels want {(long)labels.Length * labels.Length} numbers, row by row; {numbers.Length} are given.", nameof(numbers));
        var distances = new float[numbers.Length];
        for (var i = 0; i < distances.Length; i++)
        {
            if (float.IsNaN(numbers[i]))
                throw new ArgumentException($"Number {i} (row {i / labels.Length}, column {i % labels.Length}) is NaN: the model is broken, not the pair hard.", nameof(numbers));
            distances[i] = numbers[i] * direction;
        }

        return new EmbeddingBatch(distances, labels.ToArray());
    }
}
