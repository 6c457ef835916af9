using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Labels;
using HnmStreams.Torch.Losses;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Labels;

/// <summary>The loss and its gradient, compared with the formulas in double precision.</summary>
public sealed class DistillationTests
{
    private static readonly double[][] Students = [[1.2, -0.4, 0.3], [0, 0, 0], [-3, 5, 0.5], [2, 2, -1]];
    private static readonly double[][] Teachers = [[4, -1, 0.5], [-2, 0.5, 1], [-3, 5, 0.5], [double.NaN, 1, 2]];
    private static readonly int[] Labels = [0, 2, 0, 1];

    [Theory]
    [InlineData(0.7, 1)]
    [InlineData(0.7, 3)]
    [InlineData(1, 2)]
    [InlineData(0.25, 0.5)]
    public void Several_classes(double weight, double temperature)
    {
        var (losses, gradient) = Run(new CrossEntropy(), 3, weight, temperature, Students, Teachers);
        for (var i = 0; i < Labels.Length; i++)
        {
            // A teacher that is not finite is ignored.
            var w = i == 3 ? 0 : weight;
            var (hard, student) = (SoftMax(Students[i], 1), SoftMax(Students[i], temperature));
            var teacher = i == 3 ? student : SoftMax(Teachers[i], temperature);
            var divergence = teacher.Zip(student, static (t, s) => t * Math.Log(t / s)).Sum();
            Assert.Equal(((1 - w) * -Math.Log(hard[Labels[i]])) + (w * temperature * temperature * divergence), losses[i], 1e-4);
            for (var c = 0; c < 3; c++)
            {
                var expected = ((1 - w) * (hard[c] - (c == Labels[i] ? 1 : 0))) + (w * temperature * (student[c] - teacher[c]));
                Assert.Equal(expected, gradient[(i * 3) + c], 1e-4);
            }
        }
    }

    [Theory]
    [InlineData(0.7, 3)]
    [InlineData(0.5, 1)]
    [InlineData(1, 4)]
    public void One_class_against_the_rest_with_a_weight(double weight, double temperature)
    {
        double[][] students = [[1.5], [-0.5], [20], [0.2]];
        double[][] teachers = [[-2], [3], [-40], [double.PositiveInfinity]];
        int[] labels = [1, 0, 1, 1];
        var (losses, gradient) = Run(new BinaryCrossEntropy(2.5), 1, weight, temperature, students, teachers, labels);
        for (var i = 0; i < labels.Length; i++)
        {
            var w = i == 3 ? 0 : weight;
            var (hard, student) = (Sigmoid(students[i][0]), Sigmoid(students[i][0] / temperature));
            var teacher = i == 3 ? student : Sigmoid(teachers[i][0] / temperature);
            var divergence = Term(teacher, student) + Term(1 - teacher, 1 - student);
            var (own, slope) = labels[i] == 1 ? (-2.5 * Math.Log(hard), 2.5 * (hard - 1)) : (-Math.Log(1 - hard), hard);
            Assert.Equal(((1 - w) * own) + (w * temperature * temperature * divergence), losses[i], 1e-3);
            Assert.Equal(((1 - w) * slope) + (w * temperature * (student - teacher)), gradient[i], 1e-4);
        }

        static double Term(double t, double s) => t == 0 ? 0 : t * Math.Log(t / s);
    }

    [Fact]
    public void The_targets_of_evaluations_are_labels() => Assert.False(Distillation.Are(zeros(3, ScalarType.Int64)));

    private static (float[] Losses, float[] Gradient) Run(IExampleLoss loss, int width, double weight, double temperature, double[][] students, double[][] teachers, int[]? labels = null)
    {
        using var scope = NewDisposeScope();
        using var rows = new RowBuffer();
        foreach (var label in labels ?? Labels)
            rows.Add([1], label, 1);
        var distillation = new Distillation(new Fixed([.. teachers.SelectMany(static t => t).Select(static t => (float)t)]), width, weight, temperature);
        var targets = distillation.Collate(rows, [.. Enumerable.Range(0, rows.Count)]);
        Assert.True(Distillation.Are(targets));
        var outputs = tensor([.. students.SelectMany(static s => s).Select(static s => (float)s)]).reshape(rows.Count, width).requires_grad_(true);
        var losses = distillation.Loss(loss, outputs, targets);
        return ([.. losses.detach().data<float>()], [.. autograd.grad([losses.sum()], [outputs])[0].data<float>()]);
    }

    private static double[] SoftMax(double[] logits, double temperature)
    {
        var exponents = Array.ConvertAll(logits, z => Math.Exp(z / temperature));
        return Array.ConvertAll(exponents, e => e / exponents.Sum());
    }

    private static double Sigmoid(double z) => 1 / (1 + Math.Exp(-z));

    private sealed class Fixed(float[] logits) : ISoftTargets
    {
        public string Identity => "fixed";

        public void Run(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> into) => logits.CopyTo(into);
    }
}
