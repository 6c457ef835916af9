namespace HnmStreams.Mining.Selection;

/// <summary>
/// RHO-LOSS (Mindermann et al., arXiv 2206.07137, section 3): the largest training loss less the loss under a model that
/// learnt from held-out data. What is hard for both is noise, what is easy for both is learnt already.
/// </summary>
public static class ReducibleLoss
{
    /// <summary>Appends the indices of the <paramref name="count"/> largest reducible losses, largest first. O(n + k log k) expected.</summary>
    /// <param name="heldOutLoss">Loss of each under the hold-out model; NaN where there is none, which is never selected.</param>
    public static void Select(ReadOnlySpan<float> trainingLoss, ReadOnlySpan<float> heldOutLoss, int count, ICollection<int> into)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(heldOutLoss.Length, trainingLoss.Length, nameof(heldOutLoss));
        var reducible = new float[trainingLoss.Length];
        for (var i = 0; i < reducible.Length; i++)
            reducible[i] = trainingLoss[i] - heldOutLoss[i];
        TopIndices.Select(reducible, count, into);
    }
}
