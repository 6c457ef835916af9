using System.ComponentModel.DataAnnotations;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Tests.Conformance;
using HnmStreams.Tasks.Text;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Text;

public sealed class TextOneAgainstTheRestConformance : LabeledTaskConformance
{
    protected override IReadOnlyList<string> SupportedInputs => ["text"];

    // Without class names, every label except the positive one is negative.
    protected override IReadOnlyList<string> SupportedTargets => ["label", "index"];

    protected override IMiningTask Create() => new TextTask(new TextOptions { Positive = "spam", Buckets = 1024, Embedding = 8 });

    protected override Example ValidExample(int index) => TextTaskTests.TextExample(
        TextTaskTests.Sentence(index), new Target.Label(index % 4 == 1 ? "spam" : "ham"));
}

public sealed class TextSeveralClassesConformance : LabeledTaskConformance
{
    protected override IReadOnlyList<string> SupportedInputs => ["text"];

    protected override IMiningTask Create() => new TextTask(new TextOptions { Positive = null, Labels = ["a", "b", "c", "d"], Buckets = 1024, Embedding = 8 });

    protected override Example ValidExample(int index) => TextTaskTests.TextExample(TextTaskTests.Sentence(index), new Target.ClassIndex(index % 4));
}

public sealed class TextTaskTests
{
    private static readonly string[] Words = ["card", "lost", "transfer", "pending", "rate", "exchange", "when", "why"];

    [Theory]
    [InlineData("")]
    [InlineData(" \t\r\n")]
    public void Rejects_a_text_without_a_word(string text)
    {
        using var rows = new RowBuffer();
        Assert.Equal("no-words", new TextTask(new TextOptions()).Encode(TextExample(text, new Target.ClassIndex(1)), rows)?.Reason);
    }

    [Fact]
    public void Characters_beyond_the_maximum_are_ignored()
    {
        var task = new TextTask(new TextOptions { MaxCharacters = 16 });
        using var rows = new RowBuffer();
        Assert.Null(task.Encode(TextExample("0123456789abcdef", new Target.ClassIndex(1)), rows));
        Assert.Null(task.Encode(TextExample("0123456789abcdef and more", new Target.ClassIndex(1)), rows));
        Assert.True(rows.Payload(0).SequenceEqual(rows.Payload(1)));
    }

    [Theory]
    [InlineData("Where is my card?", 160, "Where is my card?")]
    [InlineData("Where is my card?", 5, "Where")]
    [InlineData("£5 für \U0001F600", 8, "£5 für ")]
    [InlineData("£5 für \U0001F600", 9, "£5 für \U0001F600")]
    [InlineData("Where is my card?", 0, "(no text is stored: task.text.excerpt is 0)")]
    public void A_row_stores_the_beginning_of_its_text_without_affecting_features(string text, int excerpt, string seen)
    {
        var (keeping, plain) = (new TextTask(new TextOptions { Excerpt = excerpt }), new TextTask(new TextOptions { Excerpt = 0 }));
        using var rows = new RowBuffer();
        Assert.Null(keeping.Encode(TextExample(text, new Target.ClassIndex(1)), rows));
        Assert.Null(plain.Encode(TextExample(text, new Target.ClassIndex(1)), rows));
        Assert.Equal(seen, keeping.View(rows.Payload(0)).Text);
        using var scope = NewDisposeScope();
        Assert.Equal(plain.Collate(rows, [1]).data<float>().ToArray(), keeping.Collate(rows, [0]).data<float>().ToArray());
    }

    [Fact]
    public void Rejects_a_row_with_an_invalid_text_length()
    {
        using var rows = new RowBuffer();
        Assert.Null(new TextTask(new TextOptions()).Encode(TextExample("Where is my card?", new Target.ClassIndex(1)), rows));
        var row = rows.Payload(0).ToArray();
        row[^3] = row[^2] = row[^1] = 255;
        Assert.Contains("The stored text must fit", Assert.Throws<InvalidDataException>(() => new TextTask(new TextOptions()).View(row)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encoding_allocates_nothing_per_example()
    {
        var task = new TextTask(new TextOptions());
        using var rows = new RowBuffer(64, 1 << 16);
        var example = TextExample("I am still waiting on my card, which was sent £5 ago!!!", new Target.Label("1"));
        Assert.Null(task.Encode(example, rows));
        rows.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
            task.Encode(example, rows);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Weights_grow_with_the_logarithm_of_the_count_are_tripled_for_words_and_have_unit_length_per_text()
    {
        using var scope = NewDisposeScope();
        using var rows = new RowBuffer();
        var task = new TextTask(new TextOptions());
        Assert.Null(task.Encode(TextExample("ab ab", new Target.ClassIndex(0)), rows));
        Assert.Null(task.Encode(TextExample("a", new Target.ClassIndex(0)), rows));
        var input = task.Collate(rows, [0, 1]);

        // The word "<ab>" occurs twice, the pair once, and the n-grams "<ab" and "ab>" twice each.
        Assert.Equal([2, 4, 2], input.shape);
        var twice = 1 + Math.Log(2);
        double[] plain = [twice, twice, 3, 3 * twice];
        var length = Math.Sqrt(plain.Sum(w => w * w));
        var weights = input.select(2, 1)[0].data<float>().ToArray();
        Assert.Equal(plain.Select(w => w / length), weights.Order().Select(w => (double)w), (a, b) => Math.Abs(a - b) < 1e-6);

        var filled = input[1].flatten().data<float>().ToArray();
        Assert.Equal([1, 0, 0, 0, 0, 0, 0], filled[1..]);
    }

    [Fact]
    public void Rejects_a_row_written_with_other_settings()
    {
        using var rows = new RowBuffer();
        Assert.Null(new TextTask(new TextOptions { Buckets = 1 << 20 }).Encode(TextExample("some words of the many", new Target.ClassIndex(0)), rows));
        Assert.Throws<InvalidDataException>(() => new TextTask(new TextOptions { Buckets = 256 }).Collate(rows, [0]));
        rows.Add(new byte[3], 0, 1);
        Assert.Throws<InvalidDataException>(() => new TextTask(new TextOptions()).Collate(rows, [1]));
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(1 << 22, true)]
    [InlineData(1000, false)]
    [InlineData(1 << 23, false)]
    [InlineData(0, false)]
    public void Buckets_must_be_a_power_of_two(int buckets, bool valid)
    {
        var options = new TextOptions { Buckets = buckets };
        Assert.Equal(valid, Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
    }

    internal static Example TextExample(string text, Target target) => new("text", target, new ExampleInput.Text(text));

    /// <summary>Returns a sentence of the class index % 4. The first and the third word depend on the class; the rest is noise.</summary>
    internal static string Sentence(int index) =>
        $"{Words[index % 4]} {Words[4 + (index * 31 % 17 % 4)]} {Words[index % 4 == 0 ? 7 : 6]}? {index * 7919 % 1000}";
}
