using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Evaluation.Windows;

/// <summary>
/// A sliding window over the most recent predicted classes of a stream and the true ones, for prequential metrics (predict first, then
/// train).
/// </summary>
/// <param name="capacity">Maximum number of examples.</param>
/// <remarks>Single-threaded; one owner. <see cref="Add"/> takes O(1), each metric O(n).</remarks>
public sealed class ClassWindow(int capacity)
{
    private readonly int[] _predicted = new int[capacity];
    private readonly int[] _labels = new int[capacity];
    private readonly float[] _weights = new float[capacity];
    private int _next;

    /// <summary>The number of examples in the window.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an example and drops the oldest one if the window is full.</summary>
    /// <param name="predicted">Predicted class.</param>
    /// <param name="label">True class.</param>
    /// <param name="weight">Weight, 0 or more.</param>
    public void Add(int predicted, int label, float weight = 1)
    {
        (_predicted[_next], _labels[_next], _weights[_next]) = (predicted, label, weight);
        _next = (_next + 1) % capacity;
        Count = Math.Min(Count + 1, capacity);
    }

    /// <summary>Removes all examples.</summary>
    public void Clear() => (_next, Count) = (0, 0);

    /// <summary>Returns a copy of the content. O(n).</summary>
    public WindowContent<int, int> Save() =>
        new([.. _predicted.AsSpan(0, Count)], [.. _labels.AsSpan(0, Count)], [.. _weights.AsSpan(0, Count)], _next);

    /// <summary>Restores a saved content. If the capacity differs, the newest examples that fit are kept. O(n).</summary>
    /// <exception cref="InvalidDataException">The content is inconsistent.</exception>
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

    /// <inheritdoc cref="ClassificationMetrics.Accuracy"/>
    public double Accuracy() => ClassificationMetrics.Accuracy(Predicted, Labels, Weights);

    /// <inheritdoc cref="ClassificationMetrics.MacroF1"/>
    public double MacroF1() => ClassificationMetrics.MacroF1(Predicted, Labels, Weights);

    /// <summary>
    /// Returns true if the accuracy is above that of always predicting the most frequent class by more than <paramref name="deviations"/>
    /// standard errors.
    /// </summary>
    /// <param name="deviations">Number of standard errors.</param>
    /// <param name="minimum">Minimum number of examples, below which the result is false.</param>
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
