using HnmStreams.Torch.Learning.Optimizers;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Learning.Optimizers;

/// <summary>Tests of updates of tables in steps that touch only some rows.</summary>
public sealed class RowUpdateTests
{
    private const int Rows = 6;
    private const int Width = 3;

    private static readonly long[][] Touched = [[1, 4], [4], [0, 1, 5], [4, 5], [2]];

    public RowUpdateTests() => TorchLibrary.EnsureLoaded();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.01, 0.25)]
    public void Adam_on_rows_matches_SparseAdam(double decay, double scale)
    {
        using var weight = ones(Rows, Width);
        using var update = new AdamUpdate([("table", weight)], decay, vectorized: true);
        var gradient = new RowGradient(Rows, Width);
        var (w, m, v) = (Enumerable.Repeat(1.0, Rows * Width).ToArray(), new double[Rows * Width], new double[Rows * Width]);
        for (var step = 0; step < Touched.Length; step++)
        {
            gradient.Set(Touched[step], Values(step));
            update.Apply([gradient], 0.1, scale);
            Expect(step, w, m, v, decay, scale);
            Assert.Equal(w.Select(x => (float)x), weight.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 2e-6);
        }

        var state = update.State.ToDictionary(s => s.Name, s => s.Tensor.data<float>().ToArray(), StringComparer.Ordinal);
        Assert.Equal(m.Select(x => (float)x), state["table.mean"], (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(v.Select(x => (float)x), state["table.square"], (a, b) => Math.Abs(a - b) < 1e-6);

        // Row 3 is never touched.
        Assert.Equal([1f, 1f, 1f], weight.data<float>().ToArray()[9..12]);
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("sgd")]
    public void Touching_every_row_equals_a_dense_step(string optimizer)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (ones(Rows, Width), ones(Rows, Width));
        using var byRows = Create(optimizer, a);
        using var dense = Create(optimizer, b);
        var gradient = new RowGradient(Rows, Width);
        for (var step = 0; step < 5; step++)
        {
            var values = randn(Rows, Width);
            gradient.Set([0, 1, 2, 3, 4, 5], values.data<float>().ToArray());
            byRows.Apply([gradient], 0.1, 0.5);
            dense.Apply([DenseTensor.Of(values)], 0.1, 0.5);
        }

        Assert.True(a.allclose(b, 1e-5, 1e-6));
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("schedule-free")]
    [InlineData("prodigy")]
    public void A_step_in_host_memory_allocates_no_tensor(string optimizer)
    {
        using var scope = NewDisposeScope();
        using var weight = ones(Rows, Width);
        using var update = Create(optimizer, weight);
        var gradients = new ParameterGradient[] { new RowGradient(Rows, Width) };
        gradients[0].Rows!.Set(Touched[0], Values(0));
        update.Apply(gradients, 0.1, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 0; step < 10; step++)
            update.Apply(gradients, 0.1, 1);
        // A tensor takes more than 100 bytes on the managed heap.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    [Fact]
    public void The_momentum_of_an_untouched_row_is_unchanged()
    {
        using var weight = ones(Rows, Width);
        using var update = Create("sgd", weight);
        var gradient = new RowGradient(Rows, Width);
        double w = 1, velocity = 0;
        foreach (var touched in new[] { true, false, true })
        {
            gradient.Set([touched ? 2 : 3], [1, 1, 1]);
            update.Apply([gradient], 0.1, 1);
            if (touched)
            {
                velocity = (0.9 * velocity) + 1 + (0.01 * w);
                w -= 0.1 * velocity;
            }

            Assert.Equal(w, weight[2, 0].item<float>(), 1e-6);
        }
    }

    private static IParameterUpdate Create(string name, Tensor weight) => name switch
    {
        "adam" => new AdamUpdate([("table", weight)], 0.01, vectorized: true),
        "schedule-free" => new ScheduleFreeUpdate([("table", weight)], 0.01, minShare: 0, vectorized: true),
        "prodigy" => new ProdigyUpdate([("table", weight)], 0.01, vectorized: true),
        _ => new SgdUpdate([("table", weight)], 0.9, 0.01),
    };

    private static float[] Values(int step) =>
        [.. Enumerable.Range(0, Touched[step].Length * Width).Select(i => (((i + 1) * (step + 2) * 7 % 11) - 5) / 3f)];

    // The rule of torch.optim.SparseAdam, element by element in double precision: exp_avg and exp_avg_sq change for the
    // rows of the gradient only, and both corrections use the step of the whole optimizer.
    private static void Expect(int step, double[] w, double[] m, double[] v, double decay, double scale)
    {
        var values = Values(step);
        for (var i = 0; i < Touched[step].Length; i++)
        {
            for (var j = 0; j < Width; j++)
            {
                var index = (Touched[step][i] * Width) + j;
                var g = (scale * values[(i * Width) + j]) + (decay * w[index]);
                m[index] += 0.1 * (g - m[index]);
                v[index] += 0.001 * ((g * g) - v[index]);
                var stepSize = 0.1 * Math.Sqrt(1 - Math.Pow(0.999, step + 1)) / (1 - Math.Pow(0.9, step + 1));
                w[index] -= stepSize * m[index] / (Math.Sqrt(v[index]) + (1e-8 * Math.Sqrt(1 - Math.Pow(0.999, step + 1))));
            }
        }
    }
}
