using HnmStreams.Evaluation.Calibration;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Tasks.Text;

namespace HnmStreams.Pipeline.Tests.Publishing;

public sealed class ProbabilitiesTests
{
    [Fact]
    public void Each_label_of_a_set_has_a_probability_of_its_own()
    {
        var task = new TextTask(new TextOptions { Positive = null, MultiLabel = true, Labels = ["insult", "threat"] });
        var probabilities = Probabilities.Of(task, [2, 1], null);
        Assert.NotNull(probabilities);
        Assert.Equal(1 / (1 + Math.Exp(-2)), probabilities[0], 1e-9);
        Assert.Equal(1 / (1 + Math.Exp(-1)), probabilities[1], 1e-9);
        var calibrated = Probabilities.Of(task, [2, 1], new OutputCalibration(0.5, -1, 0, 0, 0));
        Assert.Equal(0.5, calibrated![0], 1e-9);
        Assert.Null(Probabilities.Of(task, [2, float.NaN], null));
    }
}
