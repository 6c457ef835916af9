using HnmStreams.Data.Rows;
using HnmStreams.Mining.Persistence;

namespace HnmStreams.Tasks;

/// <summary>The last outcomes (outputs beside the truth) and how good they are. One owner, one thread.</summary>
public interface IOutcomeMetrics
{
    /// <summary>Outcomes held.</summary>
    int Count { get; }

    /// <summary>O(width). Outputs with NaN are not counted.</summary>
    /// <param name="outputs">The network's, OutputWidth of them.</param>
    /// <param name="rows">Holds the truth, at <paramref name="row"/>; only read, and not kept.</param>
    void Add(ReadOnlySpan<float> outputs, RowBuffer rows, int row);

    void Clear();

    /// <summary>Metrics by name; NaN where one is not defined yet. O(n log n).</summary>
    IReadOnlyDictionary<string, double> Compute();

    /// <summary>Whether the model ranks better than noise, so that its hardness means something.</summary>
    bool BeatsChance();

    /// <summary>Writes all outcomes held. O(n).</summary>
    void Save(StateWriter writer);

    /// <summary>Takes over what was saved; where the capacity has become another, the newest that fit. O(n).</summary>
    /// <exception cref="InvalidDataException">No outcomes of this kind are there.</exception>
    void Restore(StateReader reader);
}
