using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks.Embeddings;

/// <summary>A cross-encoder that reads a query and a passage together and finds hard negatives that are relevant (false negatives). It is never trained. Thread-safe.</summary>
public interface IPairTeacher
{
    /// <summary>The name and the hash of the teacher's file, and the settings that its answers depend on.</summary>
    string Identity { get; }

    /// <summary>The probability of relevance from which on a negative is left out, above 0 to 1.</summary>
    double Threshold { get; }

    /// <summary>The beginning of the ids of queries; null if any text can be the query of any other.</summary>
    string? QueryPrefix { get; }

    /// <summary>The number of pairs that the network was run on, rather than answered from the cache.</summary>
    long Computed { get; }

    /// <summary>Writes for each pair the probability that its passage is relevant to its query; NaN if the output is not finite or no text is stored.</summary>
    /// <param name="rows">Complete rows; only read.</param>
    /// <param name="pairs">The rows of the query and of the passage of each pair.</param>
    /// <param name="isExact">True if the result must be a function of these rows, bit for bit, so that the cache is not read.</param>
    void Check(RowBuffer rows, ReadOnlySpan<(int Query, int Passage)> pairs, bool isExact, Span<float> relevance);
}
