using System.Runtime.InteropServices;
using Google.Protobuf;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Encoders;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Testing;
using Onnx;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Encoders;

/// <summary>Tests of frozen encoders whose matrix products are in int8: ONNX files with DynamicQuantizeLinear and MatMulInteger.</summary>
public sealed class Int8EncoderTests
{
    private const int Features = 24, Hidden = 32;

    private static readonly string[] Words = ["lost", "transfer", "rate", "why", "card", "text"];

    private static readonly string[] Texts = ["lost card", "why lost", "rate", "transfer rate why", "card text", "text"];

    [Fact]
    public void A_quantized_encoder_has_the_features_of_its_float32_file_up_to_rounding()
    {
        using var folder = new TemporaryFolder();
        var (full, int8, vocabulary) = (Path.Combine(folder.Path, "model.onnx"), Path.Combine(folder.Path, "model-int8.onnx"), Path.Combine(folder.Path, "vocab.txt"));
        File.WriteAllLines(vocabulary, ["[PAD]", "[UNK]", "[CLS]", "[SEP]", .. Words]);
        WriteEncoder(full);
        Assert.Equal(2, DynamicQuantization.Write(full, int8));
        var operations = ModelProto.Parser.ParseFrom(File.ReadAllBytes(int8)).Graph.Node.Select(static node => node.OpType).ToArray();
        Assert.Equal((2, 0), (operations.Count(static type => type == "MatMulInteger"), operations.Count(static type => type == "MatMul")));

        using var scope = NewDisposeScope();
        var (expected, actual) = (FeaturesOf(full, vocabulary, Texts), FeaturesOf(int8, vocabulary, Texts));
        Assert.Equal([Texts.Length, Features], actual.shape);
        // Features have length 1. One part in 127 per factor of the two products.
        Assert.InRange((expected - actual).abs().max().item<float>(), float.Epsilon, 0.03);
        Assert.All((expected * actual).sum(1).data<float>().ToArray(), static cosine => Assert.InRange(cosine, 0.995f, 1.0001f));
    }

    [Fact]
    public void A_published_encoder_in_int8_keeps_the_similarities_of_texts()
    {
        string[] texts = ["I have lost my card.", "My card is gone, I cannot find it.", "What is the exchange rate for euros?", "Which rates do you apply when I change money?"];
        using var scope = NewDisposeScope();
        var vocabulary = Path.Combine(EncoderFiles.MiniLm(), "vocab.txt");
        var (full, int8) = (FeaturesOf(Path.Combine(EncoderFiles.MiniLm(), "model.onnx"), vocabulary, texts), FeaturesOf(EncoderFiles.MiniLmInt8(), vocabulary, texts));
        Assert.All((full * int8).sum(1).data<float>().ToArray(), static cosine => Assert.InRange(cosine, 0.95f, 1.0001f));
        Assert.InRange((full.mm(full.t()) - int8.mm(int8.t())).abs().max().item<float>(), 0, 0.1f);
    }

    private static Tensor FeaturesOf(string model, string vocabulary, string[] texts)
    {
        var options = new TaskOptions { Name = "text" };
        (options.Encoder.File, options.Encoder.Tokenizer, options.Encoder.Storage) = (model, vocabulary, "float32");
        var task = TaskCatalog.Create(options.Name, options);
        using var rows = new RowBuffer();
        foreach (var text in texts)
            Assert.Null(task.Encode(new Example("text", new Target.ClassIndex(1), new ExampleInput.Text(text)), rows));
        task.FinishRows(rows, isExact: true);
        return task.Collate(rows, [.. Enumerable.Range(0, texts.Length)]);
    }

    // A table of tokens and two products.
    private static void WriteEncoder(string path)
    {
        var graph = new GraphProto { Name = "encoder" };
        graph.Initializer.Add(Random("table", 4 + Words.Length, Hidden));
        graph.Initializer.Add(Random("first", Hidden, Hidden));
        graph.Initializer.Add(Random("second", Hidden, Features));
        Add(graph, "Gather", "rows", "table", "input_ids");
        Add(graph, "MatMul", "hidden", "rows", "first");
        Add(graph, "Relu", "active", "hidden");
        Add(graph, "MatMul", "features", "active", "second");
        graph.Input.Add(Value("input_ids", TensorProto.Types.DataType.Int64, "texts", "tokens"));
        graph.Output.Add(Value("features", TensorProto.Types.DataType.Float, "texts", "tokens", "features"));
        using var file = File.Create(path);
        new ModelProto { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = 17 } } }.WriteTo(file);
    }

    private static TensorProto Random(string name, int rows, int columns)
    {
        using var generator = new Generator(7, CPU);
        using var values = randn([rows, columns], generator: generator);
        var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values.data<float>().ToArray())) };
        tensor.Dims.Add([rows, columns]);
        return tensor;
    }

    private static void Add(GraphProto graph, string type, string output, params string[] inputs)
    {
        var node = new NodeProto { OpType = type, Output = { output } };
        node.Input.AddRange(inputs);
        graph.Node.Add(node);
    }

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, params string[] dimensions)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(dimensions.Select(static dimension => new TensorShapeProto.Types.Dimension { DimParam = dimension }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }
}
