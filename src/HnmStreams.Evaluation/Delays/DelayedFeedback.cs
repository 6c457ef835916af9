namespace HnmStreams.Evaluation.Delays;

/// <summary>
/// Importance weights for training on labels that are negative only because the positive one has not come yet. A weight is the ratio of the
/// true distribution of labels to the observed one.
/// </summary>
/// <remarks>Pure functions, thread-safe. The true probability is not known; the papers use the prediction of the model in its place.</remarks>
public static class DelayedFeedback
{
    /// <summary>
    /// Returns the weight of a positive if each example was first learned as a negative, and again as a positive when its label came:
    /// <c>1 + p</c>. The fake negative weighted loss of Ktena et al., "Addressing delayed feedback for continuous training with neural networks in
    /// CTR prediction" (arXiv 1907.06558).
    /// </summary>
    /// <param name="probability">Predicted probability of a positive, 0 to 1.</param>
    public static double FakeNegativePositiveWeight(double probability) => 1 + Checked(probability);

    /// <summary>Returns the weight of such a negative: <c>(1 - p)(1 + p)</c>. Same paper.</summary>
    /// <inheritdoc cref="FakeNegativePositiveWeight"/>
    public static double FakeNegativeNegativeWeight(double probability) => (1 - Checked(probability)) * (1 + probability);

    /// <summary>
    /// Returns the true probability if the model was trained without weights on such a stream, in which a share <c>p / (1 + p)</c> of all records is positive:
    /// <c>b / (1 - b)</c>, at most 1. The fake negative calibration of the same paper.
    /// </summary>
    /// <param name="biased">Probability that the model predicts, 0 to 1.</param>
    public static double FakeNegativeCalibrated(double biased) => Checked(biased) >= 0.5 ? 1 : biased / (1 - biased);

    /// <summary>
    /// Returns the weight of a positive if labels were taken as they were after some time: <c>1 / F</c>. The feedback shift importance weight of Yasui et al.,
    /// "A feedback shift correction in predicting conversion rates under delayed feedback" (arXiv 2002.02068), with a delay that does not depend on the features.
    /// </summary>
    /// <param name="observed">Probability F that the label of a positive has come within this time, above 0 and at most 1; see <see cref="LabelDelays.Within"/>.</param>
    public static double FeedbackShiftPositiveWeight(double observed) => Checked(observed) > 0
        ? 1 / observed
        : throw new ArgumentOutOfRangeException(nameof(observed), observed, "The probability that a label has come must be above 0.");

    /// <summary>Returns the weight of such a negative: <c>(1 - p) / (1 - p F)</c>, the probability that it will stay negative. Same paper.</summary>
    /// <param name="probability">Predicted probability of a positive, 0 to 1.</param>
    /// <param name="observed">Probability F that the label of a positive has come within this time, 0 to 1.</param>
    public static double FeedbackShiftNegativeWeight(double probability, double observed)
    {
        var rest = 1 - (Checked(probability) * Checked(observed));
        return rest > 0 ? (1 - probability) / rest : 0;
    }

    private static double Checked(double probability) => probability is >= 0 and <= 1
        ? probability
        : throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability must be between 0 and 1.");
}
