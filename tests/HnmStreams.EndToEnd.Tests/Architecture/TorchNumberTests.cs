using System.Reflection;

namespace HnmStreams.EndToEnd.Tests.Architecture;

/// <summary>
/// TorchSharp 0.107 lets the collector free a number while an operation reads it. So our code makes none but in one
/// place, which keeps them, and calls nothing of TorchSharp's that makes one, at whatever depth: what the compiled code says.
/// </summary>
public sealed class TorchNumberTests
{
    private static readonly string[] MayMake =
    [
        "HnmStreams.Torch.Native.Constants::Once(",
        // What a TorchScript module gives back is wrapped, not read; a number would be one only if it gave a number.
        "HnmStreams.Torch.Networks.TorchScriptModel::forward(",
    ];

    private static readonly Lazy<HashSet<string>> Makers = new(FindMakers);

    [Theory]
    [InlineData("HnmStreams.Torch")]
    [InlineData("HnmStreams.Tasks")]
    [InlineData("HnmStreams.Pipeline")]
    [InlineData("HnmStreams.Offline")]
    [InlineData("hnm")]
    [InlineData("HnmStreams.Benchmarks")]
    public void Torch_scalars_are_created_in_one_place_only(string project)
    {
        var made = (
            from method in MethodCalls.Of(Assembly.Load(project).Location)
            where !MayMake.Any(m => method.Name.StartsWith(m, StringComparison.Ordinal))
            from called in Called(method)
            where Makers.Value.Contains(called)
            select $"{method.Name} calls {called}").Distinct(StringComparer.Ordinal).ToArray();
        Assert.True(made.Length == 0, string.Join('\n', made));
    }

    [Theory]
    [InlineData("TorchSharp.Scalar::op_Implicit(Double)", true)]
    [InlineData("TorchSharp.torch.Tensor::op_Addition(TorchSharp.torch.Tensor, TorchSharp.torch.Tensor)", true)]
    [InlineData("TorchSharp.torch.Tensor::op_Division(Int64, TorchSharp.torch.Tensor)", true)]
    [InlineData("TorchSharp.torch.Tensor::square()", true)]
    [InlineData("TorchSharp.torch.nn.functional::softplus(TorchSharp.torch.Tensor, Double, Double)", true)]
    [InlineData("TorchSharp.Modules.Softplus::forward(TorchSharp.torch.Tensor)", true)]
    [InlineData("TorchSharp.torch.Tensor::add(TorchSharp.torch.Tensor, TorchSharp.Scalar)", false)]
    [InlineData("TorchSharp.torch.Tensor::op_Subtraction(TorchSharp.torch.Tensor, TorchSharp.torch.Tensor)", false)]
    [InlineData("TorchSharp.Modules.BatchNorm2d::forward(TorchSharp.torch.Tensor)", false)]
    public void Distinguishes_TorchSharp_methods_that_create_scalars(string method, bool makes) =>
        Assert.Equal(makes, Makers.Value.Contains(method));

    // A module is run through its base class: what it would do is asked where it is made.
    private static IEnumerable<string> Called(MethodCalls method)
    {
        foreach (var (name, returns) in method.Calls)
        {
            yield return name;
            var type = name.Contains("::.ctor(", StringComparison.Ordinal) ? name[..name.IndexOf("::", StringComparison.Ordinal)] : returns;
            if (type.StartsWith("TorchSharp.Modules.", StringComparison.Ordinal))
            {
                foreach (var forward in Makers.Value.Where(m => m.StartsWith(type + "::forward(", StringComparison.Ordinal)))
                    yield return forward;
            }
        }
    }

    private static HashSet<string> FindMakers()
    {
        var callers = MethodCalls.Of(Assembly.Load("TorchSharp").Location)
            .SelectMany(m => m.Calls.Select(c => (m.Name, c.Method)))
            .ToLookup(c => c.Method, c => c.Name, StringComparer.Ordinal);
        var makers = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(["TorchSharp.Scalar::.ctor(IntPtr)"]);
        while (open.TryDequeue(out var method))
        {
            foreach (var caller in callers[method].Where(makers.Add))
                open.Enqueue(caller);
        }

        return makers;
    }
}
