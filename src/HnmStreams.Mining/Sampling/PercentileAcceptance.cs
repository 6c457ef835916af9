using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Windows;

namespace HnmStreams.Mining.Sampling;

/// <summary>
/// Selective-Backprop (Jiang et al., arXiv 1910.00762, section 3.2): an example is trained on with a probability of
/// CDF(loss)^beta, where the distribution is that of the last so many losses.
/// </summary>
/// <param name="history">Losses looked back on, 1 or more.</param>
/// <param name="beta">Selectivity, 0 or more: 0 takes all, 1 half of them, beta 1 / (beta + 1) of them.</param>
/// <remarks>One owner, one thread. O(log history) each.</remarks>
public sealed class PercentileAcceptance(int history, double beta)
{
    private readonly RecentHardness _recent = new(history);

    /// <summary>Chance with which an example of this hardness is taken, in [0, 1]; 1 while nothing was seen. NaN: 0.</summary>
    public double ProbabilityOf(float hardness) => float.IsNaN(hardness) ? 0 : Math.Pow(_recent.ShareUpTo(hardness), beta);

    /// <inheritdoc cref="RecentHardness.Observe"/>
    public void Observe(float hardness) => _recent.Observe(hardness);

    public void Save(StateWriter writer) => _recent.Save(writer);

    /// <inheritdoc cref="RecentHardness.Restore"/>
    public void Restore(StateReader reader) => _recent.Restore(reader);
}
