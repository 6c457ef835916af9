using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Tasks;

/// <summary>An object in an example: a labeled one or a predicted one.</summary>
/// <param name="Bounds">The region. Its sides are fractions of the image's, 0 to 1.</param>
/// <param name="Label">The name of its class.</param>
/// <param name="Score">The confidence of a prediction, 0 to 1; null for a labeled object.</param>
public readonly record struct LabeledRegion(BoundingBox Bounds, string Label, float? Score);
