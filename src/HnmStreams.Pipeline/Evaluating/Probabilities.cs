using HnmStreams.Evaluation.Calibration;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Pipeline.Evaluating;

/// <summary>Outputs of a task with classes as probabilities. Pure.</summary>
internal static class Probabilities
{
    private static readonly OutputCalibration AsTheyAre = new(1, 0, 0, 0, 0);

    /// <returns>One for each label, in order; null where the task's outputs are no scores of classes, or no numbers.</returns>
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
                var positive = (calibration ?? AsTheyAre).Probability(outputs[0]);
                return [1 - positive, positive];
            case LabeledTask:
                var classes = new double[outputs.Length];
                (calibration ?? AsTheyAre).Probabilities(outputs, classes);
                return classes;
            default:
                return null;
        }
    }
}
