namespace HnmStreams.Mining.Labeling;

/// <summary>The measure by which unlabeled examples are chosen for a label.</summary>
public enum LabelStrategy
{
    /// <summary>The entropy of the prediction: <see cref="PredictionDoubt.Uncertainty"/>.</summary>
    Uncertainty,

    /// <summary>The divergence of the predictions of two model versions: <see cref="PredictionDoubt.Disagreement"/>.</summary>
    Disagreement,

    /// <summary>The larger of both.</summary>
    Either,
}
