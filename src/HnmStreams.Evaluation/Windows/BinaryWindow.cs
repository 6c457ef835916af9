using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Evaluation.Windows;

/// <summary>The last scored examples of a stream with their true side, for prequential (score, then train) metrics.</summary>
/// <remarks>One owner, one thread. <see cref="Add"/> O(1); each metric O(n log n).</remarks>
/// <param name="capacity">Examples that the window looks back on.</param>
public sealed class BinaryWindow(int capacity)
{
    private readonly float[] _scores = new float[capacity];
    private readonly bool[] _positive = new bool[capacity];
    private readonly float[] _weights = new float[capacity];
    private int _next;

    public int Count { get; private set; }

    /// <summary>A NaN score is not counted: it has no rank.</summary>
    public void Add(float score, bool positive, float weight = 1)
    {
        if (float.IsNaN(score))
            return;
        (_scores[_next], _positive[_next], _weights[_next]) = (score, positive, weight);
        _next = (_next + 1) % capacity;
        Count = Math.Min(Count + 1, capacity);
    }

    public void Clear() => (_next, Count) = (0, 0);

    /// <summary>A copy of all that it holds. O(n).</summary>
    public WindowContent<float, bool> Save() =>
        new([.. _scores.AsSpan(0, Count)], [.. _positive.AsSpan(0, Count)], [.. _weights.AsSpan(0, Count)], _next);

    /// <summary>Takes over what was saved; where the capacity has become another, the newest that fit. O(n).</summary>
    /// <exception cref="InvalidDataException">It is no window's content.</exception>
    public void Restore(WindowContent<float, bool> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        Clear();
        if (content.Checked().Values.Length == capacity)
        {
            content.Values.CopyTo(_scores, 0);
            content.Truths.CopyTo(_positive, 0);
            content.Weights.CopyTo(_weights, 0);
            (_next, Count) = (content.Next % capacity, capacity);
            return;
        }

        foreach (var i in content.OldestFirst())
            Add(content.Values[i], content.Truths[i], content.Weights[i]);
    }

    public double AveragePrecision() => RankingMetrics.AveragePrecision(Scores, Positive, Weights);

    public double RocAuc() => RankingMetrics.RocAuc(Scores, Positive, Weights);

    public double RecallAtPrecision(double precision) => RankingMetrics.RecallAtPrecision(Scores, Positive, precision, Weights);

    /// <inheritdoc cref="Metrics.BeatsChance.Decide"/>
    public bool BeatsChance() => Metrics.BeatsChance.Decide(Scores, Positive);

    // Order within the window does not matter to any of the metrics, so the ring need not be unrolled.
    private ReadOnlySpan<float> Scores => _scores.AsSpan(0, Count);

    private ReadOnlySpan<bool> Positive => _positive.AsSpan(0, Count);

    private ReadOnlySpan<float> Weights => _weights.AsSpan(0, Count);
}
