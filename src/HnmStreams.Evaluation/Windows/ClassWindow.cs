using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Evaluation.Windows;

/// <summary>The last predicted classes of a stream with the true ones.</summary>
/// <remarks>One owner, one thread. <see cref="Add"/> O(1); each metric O(n).</remarks>
/// <param name="capacity">Examples that the window looks back on.</param>
public sealed class ClassWindow(int capacity)
{
    private readonly int[] _predicted = new int[capacity];
    private readonly int[] _labels = new int[capacity];
    private readonly float[] _weights = new float[capacity];
    private int _next;

    public int Count { get; private set; }

    public void Add(int predicted, int label, float weight = 1)
    {
        (_predicted[_next], _labels[_next], _weights[_next]) = (predicted, label, weight);
        _next = (_next + 1) % capacity;
        Count = Math.Min(Count + 1, capacity);
    }

    public void Clear() => (_next, Count) = (0, 0);

    /// <summary>A copy of all that it holds. O(n).</summary>
    public WindowContent<int, int> Save() =>
        new([.. _predicted.AsSpan(0, Count)], [.. _labels.AsSpan(0, Count)], [.. _weights.AsSpan(0, Count)], _next);

    /// <summary>Takes over what was saved; where the capacity has become another, the newest that fit. O(n).</summary>
    /// <exception cref="InvalidDataException">It is no window's content.</exception>
    public void Restore(WindowContent<int, int> content)
    {
        ArgumentNullException.ThrowIfNull(content);
        Clear();
        if (content.Checked().Values.Length == capacity)
        {
            content.Values.CopyTo(_predicted, 0);
            content.Truths.CopyTo(_labels, 0);
            content.Weights.CopyTo(_weights, 0);
            (_next, Count) = (content.Next % capacity, capacity);
            return;
        }

        foreach (var i in content.OldestFirst())
            Add(content.Values[i], content.Truths[i], content.Weights[i]);
    }

    public double Accuracy() => ClassificationMetrics.Accuracy(Predicted, Labels, Weights);

    public double MacroF1() => ClassificationMetrics.MacroF1(Predicted, Labels, Weights);

    /// <summary>Whether accuracy lies above that of always naming the most frequent class by more than <paramref name="deviations"/> standard errors.</summary>
    public bool BeatsChance(double deviations = 3, int minimum = 64)
    {
        if (Count < minimum)
            return false;
        var frequencies = new Dictionary<int, int>();
        foreach (var label in Labels)
            frequencies[label] = frequencies.GetValueOrDefault(label) + 1;
        var majority = (double)frequencies.Values.Max() / Count;
        return ClassificationMetrics.Accuracy(Predicted, Labels) > majority + (deviations * Math.Sqrt(majority * (1 - majority) / Count));
    }

    private ReadOnlySpan<int> Predicted => _predicted.AsSpan(0, Count);

    private ReadOnlySpan<int> Labels => _labels.AsSpan(0, Count);

    private ReadOnlySpan<float> Weights => _weights.AsSpan(0, Count);
}
