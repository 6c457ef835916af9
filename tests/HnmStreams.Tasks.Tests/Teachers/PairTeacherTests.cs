using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Tasks.Tests.Teachers;

public sealed class PairTeacherTests : IDisposable
{
    private static readonly string[] Texts = ["topic3 about", "about topic3", "topic4", "topic3 topic4 about about", "something else"];

    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-pairs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0, 1, 0.9933)] // a common topic: the logit 10 - 5
    [InlineData(0, 2, 0.0067)]
    [InlineData(0, 3, 0.9933)]
    [InlineData(2, 3, 0.9933)]
    [InlineData(0, 4, 0.0067)]
    [InlineData(3, 3, 0.9999997)] // two common topics
    public void Relevance_is_the_probability_of_the_logit_of_both_texts_together(int query, int passage, double expected) =>
        Assert.Equal(expected, Check(Task(), (query, passage))[0], 1e-4);

    [Fact]
    public void Answers_do_not_depend_on_the_pairs_beside_them()
    {
        var task = Task();
        var pairs = (from query in Enumerable.Range(0, Texts.Length) from passage in Enumerable.Range(0, Texts.Length) select (query, passage)).ToArray();
        var together = Check(task, pairs);
        for (var i = 0; i < pairs.Length; i++)
            Assert.Equal(Check(task, pairs[i])[0], together[i], 1e-5);
    }

    [Fact]
    public void Repeated_pairs_are_computed_once_unless_the_mode_is_exact()
    {
        var task = Task();
        var first = Check(task, (0, 1), (0, 2), (0, 1));
        Assert.Equal(2, task.PairTeacher!.Computed);
        Assert.Equal(first[0], first[2]);
        // Query and passage are not exchangeable.
        Check(task, (1, 0));
        Assert.Equal(3, task.PairTeacher.Computed);
        Assert.Equal(first, Check(task, (0, 1), (0, 2), (0, 1)));
        Assert.Equal(3, task.PairTeacher.Computed);
        Assert.Equal(first, Check(task, isExact: true, (0, 1), (0, 2), (0, 1)));
        Assert.Equal(5, task.PairTeacher.Computed);
    }

    [Fact]
    public void Only_the_stored_beginning_of_a_text_is_read() => Assert.InRange(Check(Task(static o => o.Retrieval.Excerpt = 5), (0, 1))[0], 0, 0.1);

    public static TheoryData<string, Action<TaskOptions>, string> Unusable => new()
    {
        { "no file", static o => o.Teacher.File = "missing.onnx", "'task.teacher.file' is 'missing.onnx': There is no such file." },
        { "no tokenizer", static o => o.Teacher.Tokenizer = null, "'task.teacher.tokenizer' must name the vocab.txt or tokenizer.json" },
        { "no excerpt", static o => o.Retrieval.Excerpt = 0, "'task.retrieval.excerpt' is 0" },
        { "no room for a pair", static o => o.Teacher.MaxTokens = 4, "'task.teacher.maxTokens' must be at least 5 for pairs of texts but is 4" },
        { "another output", static o => o.Teacher.Output = "product", "For 2 pairs the cross-encoder must return [2, 1] (a logit), or [2, 2]" },
        { "a task without texts", static o => o.Name = "faces", "'task.teacher.file' must not be set for the task faces" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public void Files_that_do_not_fit_are_named_with_the_reason(string name, Action<TaskOptions> change, string message)
    {
        Assert.NotEmpty(name);
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Task(change)).Message, StringComparison.Ordinal);
    }

    private EmbeddingTask Task(Action<TaskOptions>? change = null)
    {
        var (model, vocabulary) = CrossEncoderFile.Write(_folder);
        var options = new TaskOptions { Name = "retrieval" };
        (options.Teacher.File, options.Teacher.Tokenizer, options.Teacher.MaxTokens) = (model, vocabulary, 12);
        change?.Invoke(options);
        return (EmbeddingTask)TaskCatalog.Create(options.Name, options);
    }

    private static float[] Check(EmbeddingTask task, params (int Query, int Passage)[] pairs) => Check(task, isExact: false, pairs);

    private static float[] Check(EmbeddingTask task, bool isExact, params (int Query, int Passage)[] pairs)
    {
        using var rows = new RowBuffer();
        foreach (var text in Texts)
            Assert.Null(task.Encode(new Example("e", new Target.Identity("g"), new ExampleInput.Text(text)), rows));
        var relevance = new float[pairs.Length];
        task.PairTeacher!.Check(rows, pairs, isExact, relevance);
        return relevance;
    }
}
