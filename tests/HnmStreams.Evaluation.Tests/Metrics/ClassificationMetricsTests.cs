using HnmStreams.Evaluation.Metrics;

namespace HnmStreams.Evaluation.Tests.Metrics;

public sealed class ClassificationMetricsTests
{
    // Expected values by scikit-learn 1.2.1 on the same lists.
    private static readonly int[] Predicted = [0, 1, 2, 2, 1, 0, 3, 3, 1, 2];
    private static readonly int[] Labels = [0, 1, 2, 1, 1, 2, 3, 0, 0, 2];
    private static readonly float[] Weights = [1, 2, 0.5f, 1, 1, 3, 1, 0.25f, 2, 1];

    [Fact]
    public void Metrics_agree_with_scikit_learn()
    {
        Assert.Equal(0.6, ClassificationMetrics.Accuracy(Predicted, Labels), 12);
        Assert.Equal(0.6, ClassificationMetrics.MacroF1(Predicted, Labels), 12);
        Assert.Equal(0.5098039215686274, ClassificationMetrics.Accuracy(Predicted, Labels, Weights), 12);
        Assert.Equal(0.5649972632731253, ClassificationMetrics.MacroF1(Predicted, Labels, Weights), 12);
    }

    [Fact]
    public void Metrics_are_undefined_for_empty_input()
    {
        Assert.True(double.IsNaN(ClassificationMetrics.Accuracy([], [])));
        Assert.True(double.IsNaN(ClassificationMetrics.MacroF1([], [])));
    }
}
