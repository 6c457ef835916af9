namespace HnmStreams.Pipeline.Evaluating;

/// <summary>What a model says of some examples, in their order.</summary>
/// <param name="Promoted">Whether it is the latest that passed the gate; else the newest, since none did yet.</param>
public sealed record ScoredExamples(long ModelVersion, bool Promoted, IReadOnlyList<ScoredExample> Items);

/// <param name="Refusal">Why the task cannot take it; null where it could, and the rest is there.</param>
/// <param name="Outputs">The network's, before any probability.</param>
/// <param name="Probabilities">Of each label in order (the rest, the positive), as the outputs have it; null where the task's outputs are none.</param>
/// <param name="Calibrated">The same calibrated on the held-out share; null where there is no calibration.</param>
public sealed record ScoredExample(string Id, string? Refusal, IReadOnlyList<float> Outputs, IReadOnlyList<double>? Probabilities, IReadOnlyList<double>? Calibrated);
