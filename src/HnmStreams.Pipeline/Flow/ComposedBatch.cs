using HnmStreams.Mining.Composition;

namespace HnmStreams.Pipeline.Flow;

/// <summary>The composition of a training batch.</summary>
/// <param name="Plan">The rows that were asked for, those that the sources could give, and the reasons for a difference.</param>
/// <param name="CoolingDown">The hard negatives of the plan that could not be drawn again yet. Random negatives replace them.</param>
/// <param name="Rows">The number of rows. An example from two sources counts once.</param>
/// <param name="MiningAllowed">False while the model does not beat chance; then no hard negatives are asked for.</param>
public sealed record ComposedBatch(long Step, MixPlan Plan, int CoolingDown, int Rows, bool MiningAllowed);
