using System.Runtime.InteropServices;
using HnmStreams.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>A reader of the gradients of a fixed list of parameters, dense or by rows, in the form that optimizers take.</summary>
/// <param name="parameters">The parameters, all on one device.</param>
/// <param name="device">The device of the parameters.</param>
/// <remarks>One thread. Row gradients are reused: the result of a call is valid until the next one.</remarks>
internal sealed class GradientReader(Tensor[] parameters, Device device)
{
    private readonly RowGradient?[] _rows = new RowGradient?[parameters.Length];

    /// <summary>The parameters.</summary>
    public IReadOnlyList<Tensor> Parameters => parameters;

    /// <summary>True if gradients of rows are merged in host memory; on other devices a dense pass costs less than the copy to the host.</summary>
    public bool MergesRows => device.type == DeviceType.CPU;

    /// <summary>Returns the gradients of a loss, in the caller's dispose scope; zeros for parameters that do not influence it, none for those that are not trained.</summary>
    /// <param name="trained">The indices of the parameters that are trained, ascending.</param>
    public ParameterGradient[] Of(Tensor loss, int[] trained)
    {
        var gradients = autograd.grad([loss], trained.Length == parameters.Length ? parameters : [.. trained.Select(i => parameters[i])], allow_unused: true);
        var ordered = new ParameterGradient[parameters.Length];
        for (var j = 0; j < trained.Length; j++)
        {
            var i = trained[j];
            ordered[i] = gradients[j].IsInvalid ? DenseTensor.InOrderOf(zeros_like(parameters[i]), parameters[i])
                : gradients[j].is_sparse ? MergesRows ? AddRows(i, gradients[j], isFirst: true) : DenseTensor.InOrderOf(OfRows(i, gradients[j]), parameters[i])
                : DenseTensor.InOrderOf(gradients[j], parameters[i]);
        }

        return ordered;
    }

    /// <summary>Returns the Euclidean norm over all gradients; NaN or infinity if an element is.</summary>
    public double Norm(ParameterGradient[] gradients)
    {
        var squares = 0.0;
        foreach (var gradient in gradients.Where(static gradient => !gradient.IsNone))
        {
            squares += device.type != DeviceType.CPU
                ? gradient.Dense.Flat.pow(Constants.Two).sum(ScalarType.Float64).item<double>()
                : FloatSpans.SumOfSquares(gradient.Rows is { } rows ? rows.Values : gradient.Dense.Values);
        }

        return Math.Sqrt(squares);
    }

    /// <summary>Adds the gradient of an embedding that was created with <c>sparse: true</c>, row by row in host memory.</summary>
    /// <param name="isFirst">True replaces the rows that were added before.</param>
    /// <returns>The sum of the rows, valid until the next gradient.</returns>
    public RowGradient AddRows(int parameter, Tensor gradient, bool isFirst)
    {
        var (indices, values) = (gradient.SparseIndices.select(0, 0), gradient.SparseValues);
        var rows = _rows[parameter] ??= new RowGradient(checked((int)gradient.shape[0]), checked((int)gradient.shape[1]));
        var touched = MemoryMarshal.Cast<byte, long>(indices.contiguous().bytes);
        var gradients = MemoryMarshal.Cast<byte, float>(values.contiguous().bytes);
        if (isFirst)
            rows.Set(touched, gradients);
        else
            rows.Add(touched, gradients);
        return rows;
    }

    /// <summary>Returns the gradient of an embedding that was created with <c>sparse: true</c> as a dense tensor in the caller's dispose scope.</summary>
    public Tensor OfRows(int parameter, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        return zeros(parameters[parameter].shape, device: device)
            .index_add_(0, gradient.SparseIndices.select(0, 0), gradient.SparseValues, Constants.One)
            .MoveToOuterDisposeScope();
    }
}
