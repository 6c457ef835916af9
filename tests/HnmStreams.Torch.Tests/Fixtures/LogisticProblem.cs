using HnmStreams.Torch.Learning.Optimizers;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Fixtures;

/// <summary>
/// Logistic regression of 24 fixed examples of 13 features, trained on 6 of them per step. Optimizers see the weights as two parameters, a matrix
/// and a vector that is not a multiple of a vector register.
/// </summary>
internal sealed class LogisticProblem : IDisposable
{
    public const int Features = 13;
    private const int MatrixSize = 8;
    private const int Examples = 24;
    private const int PerStep = 6;

    private readonly Tensor _matrix;
    private readonly Tensor _vector;

    public LogisticProblem()
    {
        _matrix = tensor(Start[..MatrixSize].Select(w => (float)w).ToArray()).view(2, 4);
        _vector = tensor(Start[MatrixSize..].Select(w => (float)w).ToArray());
    }

    // Small, so that the first steps of an optimizer that starts at 1e-6 are not lost in float32.
    public static double[] Start { get; } = [.. Enumerable.Range(0, Features).Select(i => 0.003 * Math.Sin(1.7 * i))];

    public IReadOnlyList<(string Name, Tensor Tensor)> Parameters => [("matrix", _matrix), ("vector", _vector)];

    public double[] Weights => Concatenate(_matrix, _vector);

    /// <summary>Returns the gradient of the mean loss of a step's examples.</summary>
    public static double[] Gradient(double[] weights, int step)
    {
        var gradient = new double[Features];
        for (var i = 0; i < PerStep; i++)
        {
            var example = ((step * PerStep) + i) % Examples;
            var row = Enumerable.Range(0, Features).Select(j => Math.Cos((example * 2.3) + (j * j * 0.9)) * (1 + (j % 4))).ToArray();
            var label = example % 3 == 0 ? 1 : 0;
            var probability = 1 / (1 + Math.Exp(-row.Zip(weights, (a, b) => a * b).Sum()));
            for (var j = 0; j < Features; j++)
                gradient[j] += (probability - label) * row[j] / PerStep;
        }

        return gradient;
    }

    /// <summary>Applies a step of the optimizer with the gradient at its weights.</summary>
    public void Step(IParameterUpdate update, int step, double rate, double scale)
    {
        using var scope = NewDisposeScope();
        var gradient = Gradient(Weights, step).Select(g => (float)g).ToArray();
        update.Apply([DenseTensor.Of(tensor(gradient[..MatrixSize]).view(2, 4)), DenseTensor.Of(tensor(gradient[MatrixSize..]))], rate, scale);
    }

    public static double[] Concatenate(Tensor matrix, Tensor vector) =>
        [.. matrix.data<float>().ToArray().Concat(vector.data<float>().ToArray()).Select(w => (double)w)];

    public void Dispose()
    {
        _matrix.Dispose();
        _vector.Dispose();
    }
}
