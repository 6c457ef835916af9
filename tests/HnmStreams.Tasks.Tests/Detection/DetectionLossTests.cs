using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Detection;
using HnmStreams.Tasks.Detection.Rows;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Detection;

/// <summary>Tests that compare the loss with sums over anchors in double precision.</summary>
public sealed class DetectionLossTests : IDisposable
{
    private readonly RowBuffer _rows = new();

    public DetectionLossTests() => TorchLibrary.EnsureLoaded();

    public void Dispose() => _rows.Dispose();

    [Theory]
    [InlineData("all", null)]
    [InlineData("hardest", null)]
    [InlineData("top", null)]
    [InlineData("all", "focal")]
    [InlineData("hardest", "focal")]
    public void The_loss_is_the_sum_over_the_selected_anchors(string background, string? loss)
    {
        using var scope = NewDisposeScope();
        var options = Options(background, loss);
        var task = new DetectionTask(options);
        var (outputs, targets) = Batch(task, 3);
        var losses = task.Loss(outputs, targets).data<float>().ToArray();
        Assert.Equal(Naive(options, outputs, targets), losses.Select(l => (double)l), new RelativeComparer(2e-3));
    }

    [Fact]
    public void Random_background_has_at_most_the_loss_of_the_hardest_of_the_same_size()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        var (hardest, randomChoice, all) = (new DetectionTask(Options("hardest", null)), new DetectionTask(Options("random", null)), new DetectionTask(Options("all", null)));
        var (outputs, targets) = Batch(hardest, 6);
        var (hardestSum, randomSum, allSum) = (Sum(hardest), Sum(randomChoice), Sum(all));
        Assert.InRange(randomSum, 0, hardestSum);
        Assert.InRange(hardestSum, randomSum, allSum);

        double Sum(DetectionTask task) => task.Loss(outputs, targets).sum().item<float>();
    }

    [Fact]
    public void The_gradient_matches_finite_differences()
    {
        using var scope = NewDisposeScope();
        var task = new DetectionTask(Options("all", "focal"));
        var (outputs, targets) = Batch(task, 2);
        var leaf = outputs.detach().requires_grad_();
        var gradient = autograd.grad([task.Loss(leaf, targets).sum()], [leaf])[0].data<float>().ToArray();
        var values = outputs.data<float>().ToArray();
        const float Step = 1e-2f;
        for (var i = 0; i < values.Length; i += 37)
        {
            var (up, down) = ((float[])values.Clone(), (float[])values.Clone());
            up[i] += Step;
            down[i] -= Step;
            var slope = (At(up) - At(down)) / (2 * Step);
            Assert.Equal(slope, gradient[i], 2e-2);
        }

        double At(float[] changed) => task.Loss(tensor(changed).view(outputs.shape), targets).sum(ScalarType.Float64).item<double>();
    }

    [Fact]
    public void An_image_without_objects_trains_on_its_hardest_background()
    {
        using var scope = NewDisposeScope();
        var task = new DetectionTask(Options("hardest", null));
        var empty = Scenes.Squares(0) with { Target = new Data.Examples.Target.Boxes([]) };
        Assert.Null(task.Encode(empty, _rows));
        var outputs = zeros(1, task.OutputWidth);
        // 16 anchors, two classes, probability one half.
        Assert.Equal(16 * 2 * Math.Log(2), task.Loss(outputs, task.CollateTargets(_rows, [0])).item<float>(), 1e-3);
    }

    [Fact]
    public void A_mirrored_image_equals_one_that_was_sent_mirrored()
    {
        using var scope = NewDisposeScope();
        var task = new DetectionTask(Options("all", null));
        var drawn = Mirroring.Draw(5, 24);
        Assert.Equal(4, drawn.Distinct().Count());
        using var mirrored = new RowBuffer();
        for (var i = 0; i < drawn.Length; i++)
        {
            Assert.Null(task.Encode(Scenes.Squares(i), _rows));
            Assert.Null(task.Encode(Scenes.Mirrored(Scenes.Squares(i), drawn[i].Horizontal, drawn[i].Vertical), mirrored));
        }

        int[] indices = [.. Enumerable.Range(0, drawn.Length)];
        Assert.True(task.CollateTraining(_rows, indices, 5).eq(task.Collate(mirrored, indices)).all().item<bool>());
        Assert.True(task.CollateTrainingTargets(_rows, indices, 5).allclose(task.CollateTargets(mirrored, indices), 1e-5, 1e-5));
        Assert.False(task.CollateTargets(_rows, indices).allclose(task.CollateTargets(mirrored, indices), 1e-5, 1e-5));

        using var generator = new Generator(23, CPU);
        var outputs = randn([drawn.Length, task.OutputWidth], generator: generator).data<float>().ToArray();
        var (training, sentMirrored, unmirrored) = (new float[drawn.Length], new float[drawn.Length], new float[drawn.Length]);
        task.TrainingHardness(outputs, _rows, indices, 5, training);
        task.Hardness(outputs, mirrored, indices, sentMirrored);
        task.Hardness(outputs, _rows, indices, unmirrored);
        Assert.All(training.Zip(sentMirrored), pair => Assert.Equal(pair.Second, pair.First, 1e-3f));
        Assert.NotEqual(unmirrored, training);
    }

    [Theory]
    [InlineData("all", 2 * 30)]
    [InlineData("hardest", 2 + 6 + 16)]
    [InlineData("top", 20 + 20)]
    public void Loss_terms_are_the_anchors_that_are_trained_on(string background, long atLeast)
    {
        using var scope = NewDisposeScope();
        var task = new DetectionTask(Options(background, null));
        var (outputs, targets) = Batch(task, 2);
        var leaf = outputs.detach().requires_grad_();
        var gradient = autograd.grad([task.Loss(leaf, targets).sum()], [leaf])[0];
        var touched = gradient.view(2, -1, 6).narrow(2, 0, 2).abs().sum(2).gt(0).sum().item<long>();
        Assert.Equal(touched, task.LossTerms(targets));
        Assert.True(touched >= atLeast, $"{touched}");
    }

    private static DetectionOptions Options(string background, string? loss) => new()
    {
        Labels = Scenes.Labels,
        Height = Scenes.Height,
        Width = Scenes.Width,
        Anchors = ["8:12x12", "16:24x16"],
        Background = background,
        Loss = loss,
        Top = 20,
        TopOverlap = 1,
    };

    private (Tensor Outputs, Tensor Targets) Batch(DetectionTask task, int images)
    {
        for (var i = 0; i < images; i++)
            Assert.Null(task.Encode(Scenes.Squares(i), _rows));
        using var generator = new Generator(17, CPU);
        return (randn([images, task.OutputWidth], generator: generator), task.CollateTargets(_rows, [.. Enumerable.Range(0, images)]));
    }

    private static double[] Naive(DetectionOptions options, Tensor outputs, Tensor targets)
    {
        var (values, truth) = (outputs.data<float>().ToArray(), targets.contiguous().data<float>().ToArray());
        var (images, anchors) = ((int)targets.shape[0], (int)targets.shape[1]);
        var objects = Enumerable.Range(0, images * anchors).Count(a => truth[a * 5] >= 0);
        return [.. Enumerable.Range(0, images).Select(p => Image(p) * images / Math.Max(1, objects))];

        double Image(int image)
        {
            var cross = new double[anchors];
            var (location, weighted) = (0.0, new double[anchors]);
            var isObject = new bool[anchors];
            for (var a = 0; a < anchors; a++)
            {
                var index = (image * anchors) + a;
                isObject[a] = truth[index * 5] >= 0;
                for (var c = 0; c < 2; c++)
                {
                    var probability = 1 / (1 + Math.Exp(-values[(index * 6) + c]));
                    var ofTruth = (int)truth[index * 5] == c ? probability : 1 - probability;
                    var balance = (int)truth[index * 5] == c ? 0.25 : 0.75;
                    cross[a] -= Math.Log(ofTruth);
                    weighted[a] -= balance * Math.Pow(1 - ofTruth, 2) * Math.Log(ofTruth);
                }

                for (var i = 0; i < 4 && isObject[a]; i++)
                {
                    var distance = Math.Abs(values[(index * 6) + 2 + i] - truth[(index * 5) + 1 + i]);
                    location += distance < 1 ? distance * distance / 2 : distance - 0.5;
                }
            }

            if (options.Loss is "focal")
                return weighted.Sum() + location;
            var positives = isObject.Count(o => o);
            var negatives = Enumerable.Range(0, anchors).Where(a => !isObject[a]).Select(a => cross[a]).OrderDescending();
            var selected = options.Background switch
            {
                "all" => int.MaxValue,
                "top" => Math.Max(16, 20 - positives),
                _ => Math.Max(16, 3 * positives),
            };
            return Enumerable.Range(0, anchors).Where(a => isObject[a]).Sum(a => cross[a]) + negatives.Take(selected).Sum() + location;
        }
    }

    private sealed class RelativeComparer(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= tolerance * Math.Max(1, Math.Abs(x));

        public int GetHashCode(double obj) => 0;
    }
}
