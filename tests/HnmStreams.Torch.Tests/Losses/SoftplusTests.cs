using HnmStreams.Torch.Losses;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Losses;

public sealed class SoftplusTests
{
    [Fact]
    public void Softplus_and_its_gradient_are_exact_for_small_and_large_inputs()
    {
        TorchLibrary.EnsureLoaded();
        using var scope = NewDisposeScope();
        double[] inputs = [-2e6, -300, -40, -3, -0.1, 0, 0.1, 3, 19.5, 20.5, 40, 300, 2e6];
        var x = tensor(inputs, dtype: float64, requires_grad: true);
        var y = Softplus.Of(x);
        var slopes = autograd.grad([y.sum()], [x])[0].data<double>().ToArray();
        var values = y.data<double>().ToArray();
        for (var i = 0; i < inputs.Length; i++)
        {
            var decay = Math.Exp(-Math.Abs(inputs[i]));
            Assert.Equal(Math.Max(inputs[i], 0) + (decay < 1e-8 ? decay : Math.Log(1 + decay)), values[i], 1e-12);
            Assert.Equal(inputs[i] >= 0 ? 1 / (1 + decay) : decay / (1 + decay), slopes[i], 1e-12);
        }
    }
}
