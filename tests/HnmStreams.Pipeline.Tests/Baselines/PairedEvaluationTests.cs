using System.Buffers.Binary;
using HnmStreams.Data.Rows;
using HnmStreams.Evaluation.Comparing;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Baselines;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Baselines;

public sealed class PairedEvaluationTests
{
    [Fact]
    public void The_uplift_equals_a_naive_jackknife()
    {
        var (rows, first, second) = Outcomes(400);
        using var all = rows;
        var uplift = new PairedEvaluation(Stream.Task, rows).Compare(first, second)!;

        var strata = rows.Labels.ToArray().Select(label => (int)Stream.Task.RoleOf(label)).ToArray();
        var groups = new JackknifeGroups(strata);
        var expected = Uplift.Of(NaiveMetric(rows, first, groups), NaiveMetric(rows, second, groups))!;
        Assert.Equal(expected.Mean, uplift.Mean, 9);
        Assert.Equal(expected.Low, uplift.Low, 6);
        Assert.Equal(expected.High, uplift.High, 6);
        Assert.True(uplift.Low > 0, $"{uplift}: the first model is better");
    }

    [Fact]
    public void A_comparison_restores_the_weights_and_a_model_has_no_uplift_over_itself()
    {
        var (rows, first, _) = Outcomes(200);
        using var all = rows;
        var before = rows.Weights.ToArray();
        Assert.Equal(new Uplift(0, 0, 0), new PairedEvaluation(Stream.Task, rows).Compare(first, first));
        Assert.Equal(before, rows.Weights.ToArray());
    }

    [Fact]
    public void The_uplift_is_null_without_a_positive_in_each_remaining_group()
    {
        using var rows = new RowBuffer();
        for (var i = 0; i < 100; i++)
            rows.Add(Payload(i), i == 0 ? 1 : 0, 1);
        Assert.Null(new PairedEvaluation(Stream.Task, rows).Compare(new float[100], new float[100]));
        using var empty = new RowBuffer();
        Assert.Null(new PairedEvaluation(Stream.Task, empty).Compare([], []));
    }

    private static GroupedMetric NaiveMetric(RowBuffer rows, float[] outputs, JackknifeGroups groups)
    {
        return new GroupedMetric(Metric((_, _) => 1), [.. Enumerable.Range(0, JackknifeGroups.Count).Select(g => Metric((row, _) => groups.Factor(row, g)))]);

        double Metric(Func<int, int, float> factor)
        {
            using var part = new RowBuffer();
            var kept = new List<float>();
            for (var row = 0; row < rows.Count; row++)
            {
                if (factor(row, 0) == 0)
                    continue;
                part.Add(rows.Payload(row), rows.Labels[row], rows.Weights[row] * factor(row, 0));
                kept.Add(outputs[row]);
            }

            var metrics = Stream.Task.CreateMetrics(part.Count);
            for (var row = 0; row < part.Count; row++)
                metrics.Add([kept[row]], part, row);
            return metrics.Compute()[Stream.Task.PrimaryMetric];
        }
    }

    /// <summary>Returns rows with different weights, and the outputs of two models. The signal of the label is stronger in the first.</summary>
    private static (RowBuffer Rows, float[] First, float[] Second) Outcomes(int count)
    {
        var generator = new Xoshiro256StarStar(3);
        var rows = new RowBuffer();
        var (first, second) = (new float[count], new float[count]);
        for (var i = 0; i < count; i++)
        {
            var label = i % 8 == 0 ? 1 : 0;
            rows.Add(Payload(i), label, 0.5f + (float)generator.NextDouble());
            first[i] = (2 * label) + (float)(2 * generator.NextDouble());
            second[i] = label + (float)(4 * generator.NextDouble());
        }

        return (rows, first, second);
    }

    private static byte[] Payload(int i)
    {
        var payload = new byte[Stream.Features * sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(payload, i);
        return payload;
    }
}
