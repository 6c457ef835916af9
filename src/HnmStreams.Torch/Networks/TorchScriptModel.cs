using System.Runtime.InteropServices;
using HnmStreams.Data.Files;
using HnmStreams.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Networks;

/// <summary>
/// A user's model in place of a task's network: a TorchScript file with one module, whose forward takes the task's
/// collated input and returns [n, outputs]. Such a file is a program: only files that the user has named are loaded.
/// </summary>
public sealed class TorchScriptModel : nn.Module<Tensor, Tensor>
{
    private const int TrialRows = 2;

    private readonly jit.ScriptModule<Tensor, Tensor> _script;

    private TorchScriptModel(jit.ScriptModule<Tensor, Tensor> script)
        : base(nameof(TorchScriptModel)) => _script = script;

    public override bool training => _script.training;

    /// <summary>Loads the module with the weights of the file, on the CPU.</summary>
    /// <exception cref="InvalidDataException">There is no such file, it is not a TorchScript file, or its weights cannot be trained.</exception>
    public static TorchScriptModel Load(string path)
    {
        TorchLibrary.EnsureLoaded();
        if (!File.Exists(path))
            throw new InvalidDataException("There is no such file.");
        TorchScriptModel module;
        try
        {
            module = new TorchScriptModel(jit.load<Tensor, Tensor>(RegularFile.Required(path), DeviceType.CPU));
        }
        catch (IOException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
        catch (ExternalException e)
        {
            throw new InvalidDataException($"The file is not a TorchScript file that this version of PyTorch can read ({FirstLine(e)}); torch.jit.script(model).save(path) writes one.", e);
        }

        var trained = NetworkFactory.State(module);
        if (trained.FirstOrDefault(s => is_floating_point(s.Tensor) && s.Tensor.dtype != ScalarType.Float32) is { Name: { } name } other)
        {
            module.Dispose();
            throw new InvalidDataException($"The tensor '{name}' must be Float32 but is {other.Tensor.dtype}; model.float() converts all tensors.");
        }

        if (module.parameters().Any(p => p.requires_grad))
            return module;
        module.Dispose();
        throw new InvalidDataException("The model has no parameter that requires a gradient, so there is nothing to train. Save the model in training mode, not frozen.");
    }

    /// <summary>Checks the task's <see cref="ILearningTask.ModelFile"/>, if it has one, with a forward pass on rows of zeros.</summary>
    /// <exception cref="InvalidDataException">The file cannot be loaded or does not fit the task. The message has the shapes that it takes, returns and should return.</exception>
    public static void Check(ILearningTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.ModelFile is not { } path)
            return;
        using var module = Load(path);
        using var scope = NewDisposeScope();
        if (task.TrialInput(TrialRows) is not { } input)
            return;
        var takes = $"[{string.Join(", ", input.shape)}] (float32; {TrialRows} is the number of examples)";
        module.train();
        Tensor output;
        try
        {
            output = module.forward(input);
        }
        catch (ExternalException e)
        {
            throw new InvalidDataException($"The model must take {takes}, the input of the task {task.Name}, but fails: {LastLine(e)}", e);
        }

        if (!output.shape.AsSpan().SequenceEqual([TrialRows, task.OutputWidth]) || output.dtype != ScalarType.Float32)
            throw new InvalidDataException($"For {takes} the model must return [{TrialRows}, {task.OutputWidth}] of Float32 for the task {task.Name} but returns [{string.Join(", ", output.shape)}] of {output.dtype}.");
        if (!output.requires_grad)
            throw new InvalidDataException("The model's output does not depend on a parameter that requires a gradient, so there is nothing to train.");
    }

    /// <summary>Writes the module with its present weights as a TorchScript file.</summary>
    public void Save(string path) => jit.save(_script, path);

    public override Tensor forward(Tensor input) => _script.forward(input);

    public override void train(bool train = true) => _script.train(train);

    public override void eval() => _script.eval();

    public override IEnumerable<(string name, TorchSharp.Modules.Parameter parameter)> named_parameters(bool recurse = true) => _script.named_parameters(recurse);

    public override IEnumerable<TorchSharp.Modules.Parameter> parameters(bool recurse = true) => _script.parameters(recurse);

    public override IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true) =>
        _script.named_buffers(recurse, include_nonpersistent);

    public override IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) => _script.buffers(recurse, include_nonpersistent);

    protected override nn.Module _to(Device device, ScalarType dtype, bool non_blocking)
    {
        _script.to(device, dtype, non_blocking);
        return this;
    }

    protected override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
    {
        _script.to(deviceType, deviceIndex, non_blocking);
        return this;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _script.Dispose();
        base.Dispose(disposing);
    }

    private static string FirstLine(Exception e) => e.Message.Split('\n', 2)[0].Trim();

    // The interpreter puts the reason after a trace of the module's code.
    private static string LastLine(Exception e) =>
        e.Message.Split('\n').Select(l => l.Trim()).LastOrDefault(l => l.StartsWith("RuntimeError:", StringComparison.Ordinal)) ?? FirstLine(e);
}
