using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace HnmStreams.Tasks.Encoders.Models;

/// <summary>An ONNX file in ONNX Runtime, on the CPU, or on a GPU if the build has the CUDA provider (<c>-p:TorchBackend=cuda</c>).</summary>
#pragma warning disable CA1001 // The session belongs to all tasks that share the encoder. Its finalizer releases it.
internal sealed class OnnxModel : IEncoderModel
#pragma warning restore CA1001
{
    private const string CudaProvider = "CUDAExecutionProvider";

    private readonly InferenceSession _session;
    private readonly string _output;

    /// <param name="model">The bytes of a file that <see cref="OnnxFile"/> has checked.</param>
    /// <param name="output">The output to return; null for the first one.</param>
    /// <param name="device"><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</param>
    /// <param name="threads">The number of threads per call on the CPU.</param>
    /// <param name="section">The section of the settings, for messages.</param>
    /// <exception cref="InvalidDataException">ONNX Runtime refuses the file, or it has no such output.</exception>
    public OnnxModel(byte[] model, string? output, string device, int threads, string section = "task.encoder")
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        // A waiting thread would otherwise spin on a core that scorers and trainer need.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        var hasCuda = OrtEnv.Instance().GetAvailableProviders().Contains(CudaProvider, StringComparer.Ordinal);
        if (device is "cuda" && !hasCuda)
            throw new InvalidDataException($"'{section}.device' must be cpu or auto but is cuda: this build has ONNX Runtime for the CPU. Build with -p:TorchBackend=cuda.");
        if (device is not "cpu" && hasCuda)
            options.AppendExecutionProvider_CUDA();
        try
        {
            _session = new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidDataException($"ONNX Runtime cannot load the file: {e.Message}", e);
        }

        Inputs = _session.InputNames;
        if (output is not null && !_session.OutputMetadata.ContainsKey(output))
            throw new InvalidDataException($"'{section}.output' must be one of {string.Join(", ", _session.OutputNames)} but is '{output}'.");
        _output = output ?? _session.OutputNames[0];
        if (_session.OutputMetadata[_output].ElementDataType != TensorElementType.Float)
            throw new InvalidDataException($"The output '{_output}' must be of float32 but is of {_session.OutputMetadata[_output].ElementDataType}.");
        FixedBatch = _session.InputMetadata[Inputs[0]].Dimensions is [> 0 and var batch, ..] ? batch : null;
    }

    public IReadOnlyList<string> Inputs { get; }

    public int? FixedBatch { get; }

    /// <summary>The size of the last dimension of the output; null if it is not fixed.</summary>
    public int? OutputWidth => _session.OutputMetadata[_output].Dimensions is [.., > 0 and var width] ? width : null;

    public ModelOutput Run(IReadOnlyList<ModelInput> inputs)
    {
        using var run = new RunOptions();
        var values = new List<OrtValue>(inputs.Count);
        try
        {
            foreach (var input in inputs)
                values.Add(input.Whole is { } whole ? OrtValue.CreateTensorValueFromMemory(whole, input.Shape) : OrtValue.CreateTensorValueFromMemory(input.Numbers!, input.Shape));
            using var outputs = _session.Run(run, [.. inputs.Select(static input => input.Name)], values, [_output]);
            var output = outputs[0];
            return new ModelOutput(output.GetTensorDataAsSpan<float>().ToArray(), output.GetTensorTypeAndShape().Shape);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidDataException($"ONNX Runtime cannot run the file on {string.Join(", ", inputs.Select(static input => $"{input.Name} [{string.Join(", ", input.Shape)}]"))}: {e.Message}", e);
        }
        finally
        {
            foreach (var value in values)
                value.Dispose();
        }
    }
}
