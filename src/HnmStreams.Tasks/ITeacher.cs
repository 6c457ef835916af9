using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks;

/// <summary>A stronger model that checks the labels of candidates before they enter the pool. It is never trained. Thread-safe.</summary>
public interface ITeacher
{
    /// <summary>The name and the hash of the teacher's file, and the settings that its answers depend on.</summary>
    string Identity { get; }

    /// <summary>The probability of another label from which on the label of a candidate is suspected to be wrong, above 0 to 1.</summary>
    double Threshold { get; }

    /// <summary>The hardness from which on a candidate is checked.</summary>
    double MinHardness { get; }

    /// <summary>The number of rows that the network was run on, rather than answered from the cache.</summary>
    long Computed { get; }

    /// <summary>Writes for each row the largest probability that the teacher gives to a label other than the row's; NaN if its outputs are not finite.</summary>
    /// <param name="rows">Complete rows; only read.</param>
    /// <param name="isExact">True if the result must be a function of these rows, bit for bit, so that the cache is not read.</param>
    void Check(RowBuffer rows, ReadOnlySpan<int> indices, bool isExact, Span<float> otherLabel);
}
