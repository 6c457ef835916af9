using HnmStreams.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>The sum of the gradients of several backward passes of one step, dense or by rows.</summary>
/// <remarks>One thread. Sums of rows are those of the reader: they are valid until its next gradient.</remarks>
internal sealed class GradientSum
{
    private readonly GradientReader _reader;
    private readonly int[] _trained;
    private readonly DisposeScope _scope;
    private readonly Tensor?[] _dense;
    private readonly RowGradient?[] _rows;

    /// <param name="trained">The indices of the parameters that are trained, ascending.</param>
    /// <param name="scope">The dispose scope that the sums belong to.</param>
    public GradientSum(GradientReader reader, int[] trained, DisposeScope scope)
    {
        (_reader, _trained, _scope) = (reader, trained, scope);
        _dense = new Tensor?[reader.Parameters.Count];
        _rows = new RowGradient?[reader.Parameters.Count];
    }

    /// <summary>Adds the gradients of a part of the computation.</summary>
    /// <param name="output">The end of the part.</param>
    /// <param name="outputGradient">The gradient of the loss with respect to it.</param>
    /// <param name="parameters">The indices of the parameters of the part that are trained.</param>
    /// <param name="input">The start of the part, if its gradient is needed.</param>
    /// <returns>The gradient of the input, in the caller's dispose scope; null without an input.</returns>
    public Tensor? Add(Tensor output, Tensor outputGradient, IReadOnlyList<int> parameters, Tensor? input = null)
    {
        using var inner = NewDisposeScope();
        Tensor[] of = [.. parameters.Select(i => _reader.Parameters[i]), .. input is null ? (Tensor[])[] : [input]];
        var gradients = autograd.grad([output], of, [outputGradient], allow_unused: true);
        for (var j = 0; j < parameters.Count; j++)
        {
            if (!gradients[j].IsInvalid)
                Add(parameters[j], gradients[j], inner);
        }

        return input is null ? null : inner.MoveToOuter(gradients[^1].IsInvalid ? zeros_like(input) : gradients[^1]);
    }

    /// <summary>Returns the sums, with zeros for parameters that no part has used, and none for those that are not trained. They belong to the scope of the constructor.</summary>
    public ParameterGradient[] Read()
    {
        using var inner = NewDisposeScope();
        var ordered = new ParameterGradient[_dense.Length];
        foreach (var i in _trained)
        {
            if (_rows[i] is { } rows)
            {
                ordered[i] = rows;
                continue;
            }

            var sum = _dense[i] ?? inner.MoveToOther(_scope, zeros_like(_reader.Parameters[i]));
            var dense = DenseTensor.InOrderOf(sum, _reader.Parameters[i]);
            if (!ReferenceEquals(dense.Tensor, sum))
                inner.MoveToOther(_scope, dense.Tensor);
            inner.MoveToOther(_scope, dense.Flat);
            ordered[i] = dense;
        }

        return ordered;
    }

    private void Add(int parameter, Tensor gradient, DisposeScope inner)
    {
        if (gradient.is_sparse && _reader.MergesRows)
        {
            var isFirst = _rows[parameter] is null;
            _rows[parameter] = _reader.AddRows(parameter, gradient, isFirst);
            return;
        }

        var dense = gradient.is_sparse ? _reader.OfRows(parameter, gradient) : gradient;
        if (_dense[parameter] is { } sum)
            sum.add_(dense, Constants.One);
        else
            _dense[parameter] = inner.MoveToOther(_scope, dense);
    }
}
