using System.Globalization;

namespace HnmStreams.Benchmarks.Backbones;

/// <summary>The cost of a training step and of a score.</summary>
/// <param name="Architecture">The backbone.</param>
/// <param name="StepCpuSeconds">The processor time of a step, the median. Other load on the machine affects it less than the duration.</param>
/// <param name="ScoreCpuSeconds">The processor time of scoring the same rows, the median.</param>
/// <param name="StepPeakBytes">The peak resident memory during the steps less that of the learner before them, with the optimizer's averages and without activations.</param>
internal sealed record BackboneReport(BackboneSettings Settings, string Architecture, double StepCpuSeconds, double ScoreCpuSeconds, long StepPeakBytes)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Architecture}, {Settings.Rows} rows of {Settings.Size}, {Settings.RowsPerPass} rows per pass, {Settings.FrozenLayers} frozen layers, bfloat16 {Settings.Computing.UsesBFloat16}, recomputed {Settings.Computing.RecomputesActivations}: {StepPeakBytes / 1e6:N0} MB in a step, {StepCpuSeconds:F2} s per step, {ScoreCpuSeconds:F2} s per score (processor time)");
}
