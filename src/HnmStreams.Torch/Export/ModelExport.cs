using HnmStreams.Torch.Networks;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Export;

/// <summary>The export of a task's weights in the formats of other programs.</summary>
public static class ModelExport
{
    public const string Safetensors = "safetensors";
    public const string Onnx = "onnx";
    public const string TorchScript = "torchscript";

    /// <summary>The names of the formats.</summary>
    public static IReadOnlyList<string> Formats { get; } = [Safetensors, Onnx, TorchScript];

    /// <summary>Returns the file extension of a format, without the dot.</summary>
    public static string Extension(string format) => format is TorchScript ? "pt" : format;

    /// <summary>Writes weights in a format. The file is replaced; the write is not atomic.</summary>
    /// <param name="weights">The tensors of the task's network by name.</param>
    /// <param name="metadata">Entries of the file's metadata; TorchScript files have none.</param>
    /// <exception cref="NotSupportedException">The format does not exist for the task's network. The message names one that does.</exception>
    /// <exception cref="InvalidDataException">The weights do not fit the task's network.</exception>
    public static void Write(ILearningTask task, IReadOnlyDictionary<string, Tensor> weights, string format, string path, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(weights);
        using var network = NetworkFactory.Create(task, seed: 0);
        network.eval();
        NetworkFactory.Load(NetworkFactory.State(network), weights);
        switch (format)
        {
            case Safetensors:
                SafetensorsFile.Write(path, weights, metadata);
                break;
            case Onnx when network is TorchScriptModel:
                throw new NotSupportedException("The task's network is a TorchScript file (task.model), which has no ONNX export here. Export it as torchscript and convert it with torch.onnx.export.");
            case Onnx:
                OnnxExport.Write(path, network, weights, InputShape(task), metadata);
                break;
            case TorchScript when network is TorchScriptModel script:
                script.Save(path);
                break;
            case TorchScript:
                throw new NotSupportedException("The task's network is a built-in one, which has no TorchScript export. Export it as onnx, or as safetensors.");
            default:
                throw new NotSupportedException($"The format must be one of {string.Join(", ", Formats)} but is '{format}'.");
        }
    }

    // The number of examples is free, and so is the number of features of a sparse row and of tokens.
    private static long[] InputShape(ILearningTask task)
    {
        using var scope = NewDisposeScope();
        var input = task.TrialInput(1) ?? throw new NotSupportedException($"The task {task.Name} has no input of a fixed shape, which an ONNX file needs. Export it as safetensors.");
        var shape = input.shape;
        return input.dtype == ScalarType.Int64 ? [-1, -1]
            : shape.Length == 3 ? [-1, -1, shape[2]] : [-1, .. shape[1..]];
    }
}
