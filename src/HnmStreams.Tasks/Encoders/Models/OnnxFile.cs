using HnmStreams.Data.Files;
using HnmStreams.Data.Wire.Protobuf;

namespace HnmStreams.Tasks.Encoders.Models;

/// <summary>
/// The checks of an ONNX file before ONNX Runtime reads it. The file is data, but its tensors may name other files, which the runtime
/// would open. Such files are refused, so that a model is always one file.
/// </summary>
/// <remarks>Field numbers are those of <c>onnx.proto</c> (github.com/onnx/onnx, IR version 10).</remarks>
internal static class OnnxFile
{
    /// <summary>The maximum size: ONNX files are protobuf messages, which cannot have 2 GiB.</summary>
    public const long MaxBytes = 1_900_000_000;

    private const int MaxDepth = 64;

    /// <summary>Reads and checks the file.</summary>
    /// <exception cref="InvalidDataException">There is no such file, it is too large, not an ONNX file, or refers to other files.</exception>
    public static byte[] Read(string path)
    {
        if (!File.Exists(path))
            throw new InvalidDataException("There is no such file.");
        var length = new FileInfo(RegularFile.Required(path)).Length;
        if (length > MaxBytes)
            throw new InvalidDataException($"The file must have at most {MaxBytes} bytes but has {length}.");
        var bytes = File.ReadAllBytes(path);
        Check(bytes);
        return bytes;
    }

    /// <exception cref="InvalidDataException">The bytes are not an ONNX file, or refer to other files.</exception>
    internal static void Check(ReadOnlySpan<byte> model)
    {
        var hasGraph = false;
        if (!Walk(model, Part.Model, 0, ref hasGraph) || !hasGraph)
            throw new InvalidDataException("The file is not an ONNX model. torch.onnx.export(model, example, path) writes one.");
    }

    /// <returns>False if the bytes are not valid protobuf.</returns>
    private static bool Walk(ReadOnlySpan<byte> message, Part part, int depth, ref bool hasGraph)
    {
        if (depth > MaxDepth)
            throw new InvalidDataException($"The graphs of the file must be nested at most {MaxDepth} levels deep.");
        var reader = new ProtobufReader(message);
        while (!reader.AtEnd)
        {
            if (!reader.TryTag(out var field, out var type))
                return false;
            if (type != ProtobufType.Bytes)
            {
                if (!reader.TrySkip(type))
                    return false;
                continue;
            }

            if (!reader.TryBytes(out var content))
                return false;
            if (part == Part.Tensor && field == 13)
                throw new InvalidDataException("The tensors of the file must be inside of it, but at least one is in another file (external data). onnx.save_model(model, path, save_as_external_data=False) writes one file.");
            hasGraph |= part == Part.Model && field == 7;
            if (Inner(part, field) is { } inner && !Walk(content, inner, depth + 1, ref hasGraph))
                return false;
        }

        return true;
    }

    // The fields that lead to tensors: graphs, their nodes, initializers and attributes, functions and training graphs.
    private static Part? Inner(Part part, int field) => (part, field) switch
    {
        (Part.Model, 7) => Part.Graph,
        (Part.Model, 20) => Part.Training,
        (Part.Model, 25) => Part.Function,
        (Part.Training, 1 or 2) => Part.Graph,
        (Part.Function, 7) => Part.Node,
        (Part.Function, 11) => Part.Attribute,
        (Part.Graph, 1) => Part.Node,
        (Part.Graph, 5) => Part.Tensor,
        (Part.Graph, 15) => Part.SparseTensor,
        (Part.Node, 5) => Part.Attribute,
        (Part.Attribute, 5 or 10) => Part.Tensor,
        (Part.Attribute, 6 or 11) => Part.Graph,
        (Part.Attribute, 22 or 23) => Part.SparseTensor,
        (Part.SparseTensor, 1 or 2) => Part.Tensor,
        _ => null,
    };

    private enum Part
    {
        Model,
        Training,
        Function,
        Graph,
        Node,
        Attribute,
        Tensor,
        SparseTensor,
    }
}
