using HnmStreams.Mining.Composition;

namespace HnmStreams.Pipeline.Flow;

/// <summary>What a training batch was made of.</summary>
/// <param name="Plan">What was asked, what the sources could give, and why less.</param>
/// <param name="CoolingDown">Hard negatives of the plan that may not be drawn again yet: random ones took their places.</param>
/// <param name="Rows">Of the batch: an example that came from two sources is in it once.</param>
/// <param name="MiningAllowed">False while the model does not beat chance: no hard negatives are asked for.</param>
public sealed record ComposedBatch(long Step, MixPlan Plan, int CoolingDown, int Rows, bool MiningAllowed);
