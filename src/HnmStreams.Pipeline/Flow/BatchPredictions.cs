using HnmStreams.Pipeline.Flow.Promotion;

namespace HnmStreams.Pipeline.Flow;

/// <summary>The predictions of the unlabeled rows of a batch, all by one served version.</summary>
/// <param name="Outputs">The raw outputs, rows x width.</param>
/// <param name="Card">The card of the promoted version; null if no version has passed the promotion gate yet, or if none exists.</param>
internal sealed record BatchPredictions(float[] Outputs, int Width, long Version, ModelCard? Card)
{
    public ReadOnlySpan<float> OutputsOf(int row) => Outputs.AsSpan(row * Width, Width);
}
