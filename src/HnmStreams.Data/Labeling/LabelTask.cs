using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Labeling;

/// <summary>An example to be labeled by a person.</summary>
/// <param name="Id">The id of the example.</param>
/// <param name="Input">A text, an encoded image, or features, which are shown as text. A person cannot label a tensor.</param>
/// <param name="Prediction">The prediction of the model; null without one.</param>
public sealed record LabelTask(string Id, ExampleInput Input, LabelPrediction? Prediction = null);

/// <summary>A prediction that the labeling tool shows.</summary>
/// <param name="Label">The predicted label.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
/// <param name="ModelVersion">The version of the model.</param>
public sealed record LabelPrediction(string Label, double Probability, long ModelVersion);

/// <summary>The label that a person gave to an example.</summary>
/// <param name="Id">The id of the example.</param>
/// <param name="Label">The label.</param>
/// <param name="Time">The time at which the person last changed it; null if the file has none.</param>
public sealed record LabelVerdict(string Id, string Label, DateTimeOffset? Time);
