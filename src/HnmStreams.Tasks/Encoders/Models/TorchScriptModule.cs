using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HnmStreams.Data.Files;
using HnmStreams.Torch.Devices;
using HnmStreams.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Encoders.Models;

/// <summary>
/// A TorchScript file whose forward takes the inputs by position: token ids and mask, or images. It returns a tensor, or a tuple that
/// starts with one. Such a file is a program: only files that the user has named are loaded.
/// </summary>
#pragma warning disable CA1001 // The module belongs to all tasks that share the encoder. Its finalizer releases it.
internal sealed class TorchScriptModule : IEncoderModel
#pragma warning restore CA1001
{
    private readonly jit.ScriptModule _module;
    private readonly int _threads;

    /// <exception cref="InvalidDataException">The file is not a TorchScript file.</exception>
    public TorchScriptModule(string path, int threads)
    {
        TorchLibrary.EnsureLoaded();
        _threads = threads;
        try
        {
            _module = jit.load(RegularFile.Required(path), DeviceType.CPU);
        }
        catch (ExternalException e)
        {
            throw new InvalidDataException($"The file is not a TorchScript file that this version of PyTorch can read ({FirstLine(e)}); torch.jit.trace(model.eval(), example).save(path) writes one.", e);
        }

        _module.eval();
    }

    public IReadOnlyList<string> Inputs => [];

    public int? FixedBatch => null;

    public ModelOutput Run(IReadOnlyList<ModelInput> inputs)
    {
        ThreadCount.Ensure(_threads);
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        try
        {
            object[] tensors = [.. inputs.Select(static input => input.Whole is { } whole ? tensor(whole, input.Shape) : tensor(input.Numbers!, input.Shape))];
            var result = _module.call(tensors) switch
            {
                Tensor tensor => tensor,
                ITuple { Length: > 0 } tuple when tuple[0] is Tensor first => first,
                IReadOnlyList<Tensor> { Count: > 0 } list => list[0],
                object[] and [Tensor first, ..] => first,
                var other => throw new InvalidDataException($"The module must return a tensor, or a tuple that starts with one, but returns {other?.GetType().Name ?? "nothing"}."),
            };
            if (result.dtype != ScalarType.Float32)
                throw new InvalidDataException($"The module must return a tensor of Float32 but returns one of {result.dtype}; model.float() converts all tensors.");
            return new ModelOutput(MemoryMarshal.Cast<byte, float>(result.contiguous().bytes).ToArray(), result.shape);
        }
        catch (ExternalException e)
        {
            throw new InvalidDataException($"The module cannot run on {string.Join(", ", inputs.Select(static input => $"[{string.Join(", ", input.Shape)}]"))}: {FirstLine(e)}", e);
        }
    }

    private static string FirstLine(Exception e) => e.Message.Split('\n', 2)[0].Trim();
}
