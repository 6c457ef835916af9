namespace HnmStreams.Pipeline.Evaluating;

/// <summary>The scores of a request's examples, in request order.</summary>
/// <param name="Promoted">True if the version passed the promotion gate; false if no version has, in which case it is the newest.</param>
public sealed record ScoredExamples(long ModelVersion, bool Promoted, IReadOnlyList<ScoredExample> Items);

/// <summary>The score of one example, or the reason why the task cannot encode it.</summary>
/// <param name="Rejection">The reason why the task cannot encode the example; null if it was scored and the other values are set.</param>
/// <param name="Outputs">The network's raw outputs.</param>
/// <param name="Probabilities">The uncalibrated probability per label, in order (for a binary task: negative, positive); null if the task's outputs are not probabilities.</param>
/// <param name="Calibrated">The probabilities calibrated on the held-out share; null without a calibration.</param>
public sealed record ScoredExample(string Id, string? Rejection, IReadOnlyList<float> Outputs, IReadOnlyList<double>? Probabilities, IReadOnlyList<double>? Calibrated);
