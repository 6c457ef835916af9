using System.Runtime.InteropServices;
using Google.Protobuf;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Torch.Export;
using HnmStreams.Torch.Networks.Tables;
using Onnx;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Teachers;

public sealed class TeacherTests : IDisposable
{
    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "lost", "rate", "card"];

    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-teacher-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0, 2, 0.8808)] // a negative with the logit 2
    [InlineData(1, 2, 0.1192)]
    [InlineData(0, -2, 0.1192)]
    [InlineData(1, -2, 0.8808)]
    public void A_teacher_of_one_class_gives_the_probability_of_the_other_side(int label, float value, double expected)
    {
        var task = Numbers(o => { }, [[1, 0]], [0]);
        using var rows = Rows(task, (label, [value, 5]));
        Assert.Equal(expected, Check(task, rows)[0], 1e-4);
    }

    [Fact]
    public void A_teacher_of_several_classes_gives_the_largest_probability_of_another_label()
    {
        var task = Numbers(o => (o.Tabular.Positive, o.Tabular.Labels) = (null, ["a", "b", "c"]), [[1, 0], [0, 1], [0, 0]], [0, 0, 0]);
        using var rows = Rows(task, (0, [0, 3]), (1, [0, 3]), (2, [0, 3]));
        var (b, other) = (Math.Exp(3) / (Math.Exp(3) + 2), 1 / (Math.Exp(3) + 2));
        Assert.Equal([b, other, b], Check(task, rows).Select(p => Math.Round((double)p, 5)), (x, y) => Math.Abs(x - y) < 1e-4);
    }

    [Fact]
    public void An_answer_that_is_not_finite_is_not_a_number()
    {
        var task = Numbers(o => { }, [[1, 0]], [0]);
        using var rows = Rows(task, (0, [3e38f, 0]));
        Assert.True(Check(task, rows)[0] > 0.99);
        var broken = Numbers(o => { }, [[float.PositiveInfinity, 0]], [0]);
        Assert.True(float.IsNaN(Check(broken, rows)[0]));
    }

    [Fact]
    public void Repeated_rows_are_computed_once_unless_the_mode_is_exact()
    {
        var task = Numbers(o => { }, [[1, 0]], [0]);
        using var rows = Rows(task, (0, [1, 0]), (1, [1, 0]), (0, [2, 0]));
        var first = Check(task, rows);
        Assert.Equal(2, task.Teacher!.Computed);
        Assert.Equal(first, Check(task, rows));
        Assert.Equal(2, task.Teacher.Computed);
        // The label is no part of the content.
        Assert.Equal(1, first[0] + first[1], 1e-5);
        Assert.Equal(first, Check(task, rows, isExact: true));
        Assert.Equal(4, task.Teacher.Computed);
    }

    [Fact]
    public void A_teacher_that_reads_tokens_takes_the_stored_beginning_of_a_text()
    {
        // Of the words "lost" and "rate" the teacher knows the class.
        var task = Texts(static _ => { });
        using var rows = new RowBuffer();
        foreach (var (label, text) in new[] { ("losses", "lost card"), ("rates", "lost card"), ("rates", "rate rate rate"), ("losses", "rate") })
            Assert.Null(task.Encode(new Example("e", new Target.Label(label), new ExampleInput.Text(text)), rows));
        var other = Check(task, rows);
        Assert.InRange(other[0], 0, 0.05);
        Assert.InRange(other[1], 0.95, 1);
        Assert.InRange(other[2], 0, 0.05);
        Assert.InRange(other[3], 0.95, 1);
        Assert.Contains("tokens.onnx", task.Teacher!.Identity, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<TaskOptions>, string> Unusable => new()
    {
        { "no file", static o => o.Teacher.File = "missing.onnx", "'task.teacher.file' is 'missing.onnx': There is no such file." },
        { "no tokenizer", static o => o.Teacher.Tokenizer = null, "'task.teacher.tokenizer' must name the vocab.txt or tokenizer.json" },
        { "no excerpt", static o => o.Text.Excerpt = 0, "'task.text.excerpt' is 0" },
        { "more labels", static o => o.Text.Labels = ["losses", "rates", "others"], "must return 3 logits per example, one per label, but returns 2" },
        { "several labels", static o => o.Text.MultiLabel = true, "must not be set for several labels per example" },
        { "no such output", static o => o.Teacher.Output = "scores", "'task.teacher.output' must be one of logits but is 'scores'" },
        { "a GPU", static o => o.Teacher.Device = "cuda", "'task.teacher.device' must be cpu or auto but is cuda" },
        { "another task", static o => o.Name = "faces", "'task.teacher.file' must not be set for the task faces" },
        { "a task without texts", static o => o.Name = "tabular", "examples of the task tabular have no text" },
        { "an embedding of tokens", static o => o.Text.Labels = ["losses", "rates", "others", "more"], "one per label" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public void Files_that_do_not_fit_are_named_with_the_reason(string name, Action<TaskOptions> change, string message)
    {
        Assert.NotEmpty(name);
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Texts(change)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_of_another_width_is_refused() =>
        Assert.Contains("For 2 examples the teacher must return [2, 1], one logit per label, but returns [2, 3].", Assert.Throws<InvalidDataException>(() => Numbers(o => { }, [[1, 0], [0, 1], [0, 0]], [0, 0, 0])).Message, StringComparison.Ordinal);

    private IMiningTask Numbers(Action<TaskOptions> change, float[][] weights, float[] biases)
    {
        var path = Path.Combine(_folder, $"{Guid.CreateVersion7():N}.onnx");
        using (var scope = NewDisposeScope())
        {
            using var network = new Mlp(2, [], weights.Length);
            var tensors = new Dictionary<string, Tensor> { ["layer0.weight"] = tensor([.. weights.SelectMany(static w => w)]).reshape(weights.Length, 2), ["layer0.bias"] = tensor(biases) };
            OnnxExport.Write(path, network, tensors, [-1, 2], new Dictionary<string, string>());
        }

        var options = new TaskOptions { Name = "tabular" };
        (options.Tabular.Features, options.Teacher.File) = (2, path);
        change(options);
        return TaskCatalog.Create(options.Name, options);
    }

    private IMiningTask Texts(Action<TaskOptions> change)
    {
        var (model, vocabulary) = (Path.Combine(_folder, "tokens.onnx"), Path.Combine(_folder, "vocab.txt"));
        File.WriteAllLines(vocabulary, Vocabulary);
        WriteTokenTeacher(model);
        var options = new TaskOptions { Name = "text" };
        (options.Text.Positive, options.Text.Labels) = (null, ["losses", "rates"]);
        (options.Teacher.File, options.Teacher.Tokenizer, options.Teacher.MaxTokens) = (model, vocabulary, 8);
        change(options);
        return TaskCatalog.Create(options.Name, options);
    }

    // The sum over the tokens of a row of a table; padding has zeros.
    private static void WriteTokenTeacher(string path)
    {
        var table = new float[Vocabulary.Length * 2];
        (table[4 * 2], table[(5 * 2) + 1]) = (6, 6);
        var graph = new GraphProto { Name = "teacher" };
        graph.Initializer.Add(new TensorProto { Name = "table", DataType = (int)TensorProto.Types.DataType.Float, Dims = { Vocabulary.Length, 2 }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(table)) });
        graph.Initializer.Add(new TensorProto { Name = "axes", DataType = (int)TensorProto.Types.DataType.Int64, Dims = { 1 }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<long>([1L])) });
        graph.Node.Add(new NodeProto { OpType = "Gather", Input = { "table", "input_ids" }, Output = { "rows" } });
        graph.Node.Add(new NodeProto { OpType = "ReduceSum", Input = { "rows", "axes" }, Output = { "logits" }, Attribute = { new AttributeProto { Name = "keepdims", Type = AttributeProto.Types.AttributeType.Int, I = 0 } } });
        graph.Input.Add(Value("input_ids", TensorProto.Types.DataType.Int64, null));
        graph.Output.Add(Value("logits", TensorProto.Types.DataType.Float, 2));
        using var file = File.Create(path);
        new ModelProto { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = 17 } } }.WriteTo(file);
    }

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, int? width)
    {
        var second = width is { } fixedWidth ? new TensorShapeProto.Types.Dimension { DimValue = fixedWidth } : new TensorShapeProto.Types.Dimension { DimParam = "tokens" };
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "n" }, second } };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }

    private static RowBuffer Rows(IMiningTask task, params (int Label, float[] Values)[] examples)
    {
        var rows = new RowBuffer();
        foreach (var (label, values) in examples)
            Assert.Null(task.Encode(new Example("e", new Target.ClassIndex(label), new ExampleInput.Dense(ElementType.Float32, [2], MemoryMarshal.AsBytes<float>(values).ToArray())), rows));
        return rows;
    }

    private static float[] Check(IMiningTask task, RowBuffer rows, bool isExact = false)
    {
        var other = new float[rows.Count];
        task.Teacher!.Check(rows, [.. Enumerable.Range(0, rows.Count)], isExact, other);
        return other;
    }
}
