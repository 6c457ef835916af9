using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Evaluation.Windows;

/// <summary>
/// A sliding window over the most recent scored examples of a stream and their labels, for prequential metrics (score first, then train).
/// </summary>
/// <param name="capacity">Maximum number of examples.</param>
/// <remarks>Single-threaded; one owner. <see cref="Add"/> takes O(1), each metric O(n log n).</remarks>
public sealed class BinaryWindow(int capacity)
{
    private readonly float[] _scores = new float[capacity];
    private readonly bool[] _positive = new bool[capacity];
    private readonly float[] _weights = new float[capacity];
    private int _next;

    /// <summary>The number of examples in the window.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an example and drops the oldest one if the window is full. A NaN score is ignored, since it has no rank.</summary>
    /// <param name="score">Score; larger means more positive.</param>
    /// <param name="positive">True for a positive.</param>
    /// <param name="weight">Weight, 0 or more.</param>
    public void Add(float score, bool positive, float weight = 1)
    {
        if (float.IsNaN(score))
            return;
        (_scores[_next], _positive[_next], _weights[_next]) = (score, positive, weight);
        _next = (_next + 1) % capacity;
        Count = Math.Min(Count + 1, capacity);
    }

    /// <summary>Removes all examples.</summary>
    public void Clear() => (_next, Count) = (0, 0);

    /// <summary>Returns a copy of the content. O(n).</summary>
    public WindowContent<float, bool> Save() =>
        new([.. _scores.AsSpan(0, Count)], [.. _positive.AsSpan(0, Count)], [.. _weights.AsSpan(0, Count)], _next);

    /// <summary>Restores a saved content. If the capacity differs, the newest examples that fit are kept. O(n).</summary>
    /// <exception cref="InvalidDataException">The content is inconsistent.</exception>
    public void Restore(WindowContent<float, bool> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (content.Values.Any(float.IsNaN))
            throw new InvalidDataException("A score of the window is NaN, which has no rank.");
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

    /// <inheritdoc cref="RankingMetrics.AveragePrecision"/>
    public double AveragePrecision() => RankingMetrics.AveragePrecision(Scores, Positive, Weights);

    /// <inheritdoc cref="RankingMetrics.RocAuc"/>
    public double RocAuc() => RankingMetrics.RocAuc(Scores, Positive, Weights);

    /// <inheritdoc cref="RankingMetrics.RecallAtPrecision"/>
    public double RecallAtPrecision(double precision) => RankingMetrics.RecallAtPrecision(Scores, Positive, precision, Weights);

    /// <summary>Returns the weighted share of positives, 0 to 1: the average precision of random scores. NaN if the weights sum to 0. O(n).</summary>
    public double PositiveShare()
    {
        var (positive, total) = (0.0, 0.0);
        for (var i = 0; i < Count; i++)
        {
            total += _weights[i];
            positive += _positive[i] ? _weights[i] : 0;
        }

        return total > 0 ? positive / total : double.NaN;
    }

    /// <inheritdoc cref="ChanceTest.BeatsChance"/>
    public bool BeatsChance() => ChanceTest.BeatsChance(Scores, Positive);

    // No metric depends on the order, so the ring buffer is not unrolled.
    private ReadOnlySpan<float> Scores => _scores.AsSpan(0, Count);

    private ReadOnlySpan<bool> Positive => _positive.AsSpan(0, Count);

    private ReadOnlySpan<float> Weights => _weights.AsSpan(0, Count);
}
