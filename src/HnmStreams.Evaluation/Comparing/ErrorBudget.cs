namespace HnmStreams.Evaluation.Comparing;

/// <summary>The division of an error rate over an unknown number of comparisons.</summary>
public static class ErrorBudget
{
    /// <summary>
    /// Returns the error rate of one comparison, 6 α / (π² n²) for the n-th: the sum over all comparisons that may ever follow is α, so that the
    /// probability of any wrong decision is at most α (union bound). Pure; O(1).
    /// </summary>
    /// <param name="errorRate">The error rate of all comparisons together, α.</param>
    /// <param name="comparison">The number of the comparison, from 1.</param>
    public static double Of(double errorRate, long comparison)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(comparison, 1);
        return 6 * errorRate / (Math.PI * Math.PI * comparison * comparison);
    }
}
