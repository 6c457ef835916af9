using System.Reflection;

namespace HnmStreams.EndToEnd.Tests.Architecture;

/// <summary>
/// Tests by the compiled code that torch scalars are created only in <c>Constants</c>, which keeps them alive, and that no code calls a TorchSharp method
/// that creates one, directly or indirectly. TorchSharp 0.107 lets the garbage collector free a scalar while an operation reads it.
/// </summary>
public sealed class TorchNumberTests
{
    private static readonly string[] AllowedCallers =
    [
        "HnmStreams.Torch.Native.Constants::Once(",
        // Both wrap the result of a TorchScript module. A scalar is created only if the module returns a number.
        "HnmStreams.Torch.Networks.TorchScriptModel::forward(",
        "HnmStreams.Tasks.Encoders.Models.TorchScriptModule::Run(",
    ];

    private static readonly Lazy<HashSet<string>> ScalarCreators = new(FindScalarCreators);

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
            where !AllowedCallers.Any(m => method.Name.StartsWith(m, StringComparison.Ordinal))
            from called in Called(method)
            where ScalarCreators.Value.Contains(called)
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
    public void Distinguishes_TorchSharp_methods_that_create_scalars(string method, bool creates) =>
        Assert.Equal(creates, ScalarCreators.Value.Contains(method));

    // A module is called through its base class. So the forward methods of its type are checked where it is created.
    private static IEnumerable<string> Called(MethodCalls method)
    {
        foreach (var (name, returns) in method.Calls)
        {
            yield return name;
            var type = name.Contains("::.ctor(", StringComparison.Ordinal) ? name[..name.IndexOf("::", StringComparison.Ordinal)] : returns;
            if (type.StartsWith("TorchSharp.Modules.", StringComparison.Ordinal))
            {
                foreach (var forward in ScalarCreators.Value.Where(m => m.StartsWith(type + "::forward(", StringComparison.Ordinal)))
                    yield return forward;
            }
        }
    }

    private static HashSet<string> FindScalarCreators()
    {
        var callers = MethodCalls.Of(Assembly.Load("TorchSharp").Location)
            .SelectMany(m => m.Calls.Select(c => (m.Name, c.Method)))
            .ToLookup(c => c.Method, c => c.Name, StringComparer.Ordinal);
        var creators = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(["TorchSharp.Scalar::.ctor(IntPtr)"]);
        while (open.TryDequeue(out var method))
        {
            foreach (var caller in callers[method].Where(creators.Add))
                open.Enqueue(caller);
        }

        return creators;
    }
}
