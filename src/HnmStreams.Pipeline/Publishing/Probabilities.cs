using HnmStreams.Evaluation.Calibration;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Pipeline.Publishing;

/// <summary>A pure function that turns the outputs of a classification task into probabilities.</summary>
internal static class Probabilities
{
    private static readonly OutputCalibration Identity = new(1, 0, 0, 0, 0);

    /// <returns>One probability per label, in order; they sum to 1 unless any number of labels can apply; null if the task's outputs are not class scores or are not finite.</returns>
    public static IReadOnlyList<double>? Of(IMiningTask task, ReadOnlySpan<float> outputs, OutputCalibration? calibration)
    {
        foreach (var output in outputs)
        {
            if (!float.IsFinite(output))
                return null;
        }

        switch (task)
        {
            case LabeledTask { HasPositives: true }:
                var positive = (calibration ?? Identity).Probability(outputs[0]);
                return [1 - positive, positive];
            case LabeledTask { IsMultiLabel: true }:
                var each = new double[outputs.Length];
                for (var label = 0; label < each.Length; label++)
                    each[label] = (calibration ?? Identity).Probability(outputs[label]);
                return each;
            case LabeledTask:
                var classes = new double[outputs.Length];
                (calibration ?? Identity).Probabilities(outputs, classes);
                return classes;
            default:
                return null;
        }
    }
}
