using HnmStreams.Data.Rows;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Tasks;

/// <summary>A window of recent outcomes (outputs and true labels) with their metrics. One owner, one thread.</summary>
public interface IOutcomeMetrics
{
    /// <summary>The number of outcomes in the window.</summary>
    int Count { get; }

    /// <summary>Adds an outcome. Outputs with NaN are skipped. O(width).</summary>
    /// <param name="outputs">The network's outputs, OutputWidth of them.</param>
    /// <param name="rows">The buffer with the true label at <paramref name="row"/>; only read and not retained.</param>
    void Add(ReadOnlySpan<float> outputs, RowBuffer rows, int row);

    void Clear();

    /// <summary>Returns the metrics by name; NaN if a metric is not defined yet. O(n log n).</summary>
    IReadOnlyDictionary<string, double> Compute();

    /// <summary>Returns true if the model is significantly better than chance, so that its hardness is meaningful.</summary>
    bool BeatsChance();

    /// <summary>Writes all outcomes. O(n).</summary>
    void Save(StateWriter writer);

    /// <summary>Restores saved outcomes; if the capacity has changed, the newest that fit. O(n).</summary>
    /// <exception cref="InvalidDataException">The state holds no outcomes of this kind.</exception>
    void Restore(StateReader reader);
}
