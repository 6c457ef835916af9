using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Encoders;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Tasks.Encoders;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Tests.Encoders;

public sealed class FrozenEncoderTests
{
    private static readonly string[] Texts =
    [
        "I have lost my card.", "My card is gone, I cannot find it.", "What is the exchange rate for euros?",
        "Which rates do you apply when I change money?", "I have lost my card.", "How can I change my PIN, and is it possible to do that at any cash machine abroad?",
    ];

    [Fact]
    public void A_published_encoder_of_texts_places_paraphrases_close_to_each_other()
    {
        using var scope = NewDisposeScope();
        using var rows = Rows(MiniLm("float32"), Texts);
        var task = MiniLm("float32");
        task.FinishRows(rows);
        var features = task.Collate(rows, [0, 1, 2, 3, 4, 5]);
        Assert.Equal([6, 384], features.shape);
        var similarity = features.mm(features.t()).data<float>().ToArray();
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal(1, similarity[(i * 6) + i], 1e-4));
        // Both sentences about a lost card, and both about rates, are closer to each other than to any other.
        Assert.InRange(similarity[1], Math.Max(similarity[2], similarity[3]) + 0.2f, 1);
        Assert.InRange(similarity[(2 * 6) + 3], Math.Max(similarity[2], similarity[3]) + 0.2f, 1);
        Assert.Equal(1, similarity[4], 1e-4);
    }

    [Theory]
    [InlineData("float32", 1e-4)]
    [InlineData("float16", 1e-3)]
    [InlineData("int8", 1e-2)]
    public void Features_do_not_depend_on_the_other_texts_of_a_batch_beyond_rounding(string storage, double error)
    {
        using var scope = NewDisposeScope();
        var task = MiniLm(storage);
        using var together = Rows(task, Texts);
        task.FinishRows(together, isExact: true);
        var all = task.Collate(together, [0, 1, 2, 3, 4, 5]);
        for (var i = 0; i < Texts.Length; i++)
        {
            using var alone = Rows(task, [Texts[i]]);
            task.FinishRows(alone, isExact: true);
            Assert.InRange(all[i].sub(task.Collate(alone, [0])[0]).abs().max().item<float>(), 0, error);
        }
    }

    [Fact]
    public void A_repeated_example_is_encoded_once_unless_the_mode_is_exact()
    {
        using var encoder = new SmallEncoder();
        var options = encoder.OfTexts(static _ => { });
        var frozen = EncoderLoader.OfTexts(options.Encoder, "task.text", 100, 20);
        using var rows = new RowBuffer();
        Assert.Equal(2, Computed(["lost card", "rate", "lost card"], false));
        Assert.Equal(0, Computed(["rate", "lost card"], false));
        Assert.Equal(2, Computed(["rate", "lost card", "rate"], true));
        Assert.Equal(1, Computed(["why", "lost card"], false));

        long Computed(string[] texts, bool isExact)
        {
            rows.Clear();
            foreach (var text in texts)
            {
                Assert.Null(frozen.Write(InputView.OfText(text), rows));
                rows.Commit(0, 1);
            }

            var before = frozen.Computed;
            frozen.Finish(rows, isExact, static row => row);
            return frozen.Computed - before;
        }
    }

    [Fact]
    public void Tasks_with_the_same_files_and_settings_share_an_encoder()
    {
        using var encoder = new SmallEncoder();
        var options = encoder.OfTexts(static _ => { }).Encoder;
        var first = EncoderLoader.OfTexts(options, "task.text", 100, 20);
        Assert.Same(first, EncoderLoader.OfTexts(options, "task.text", 100, 20));
        options.MaxTokens = 6;
        Assert.NotSame(first, EncoderLoader.OfTexts(options, "task.text", 100, 20));
        GC.KeepAlive(first);
    }

    [Fact]
    public void Mean_and_first_token_are_those_of_the_network()
    {
        using var encoder = new SmallEncoder();
        using var scope = NewDisposeScope();
        var (mean, first) = (Features("mean"), Features("cls"));

        // The file's table: ((index + 1) * 7919 % 101 - 50) / 100 for each number in row-major order.
        float Value(int token, int i) => ((((token * SmallEncoder.Width) + i + 1) * 7919 % 101) - 50) / 100f;
        var expected = Enumerable.Range(0, SmallEncoder.Width).Select(i => (Value(2, i) + Value(4, i) + Value(8, i) + Value(3, i)) / 4).ToArray();
        AssertDirection(expected, mean);
        AssertDirection([.. Enumerable.Range(0, SmallEncoder.Width).Select(i => Value(2, i))], first);

        float[] Features(string pooling)
        {
            var task = TaskCatalog.Create("text", encoder.OfTexts(options => options.Encoder.Pooling = pooling));
            using var rows = Rows(task, ["lost card", "lost card lost card lost"]);
            task.FinishRows(rows);
            return task.Collate(rows, [0]).data<float>().ToArray();
        }

        static void AssertDirection(float[] expected, float[] unit)
        {
            var length = MathF.Sqrt(expected.Sum(x => x * x));
            for (var i = 0; i < unit.Length; i++)
                Assert.Equal(expected[i] / length, unit[i], 1e-5);
        }
    }

    [Fact]
    public void A_published_encoder_of_images_takes_images_of_any_size()
    {
        using var scope = NewDisposeScope();
        var task = TaskCatalog.Create("images", ResNet());
        using var rows = new RowBuffer();
        foreach (var (width, height) in ((int, int)[])[(224, 224), (300, 200)])
        {
            var file = Images.TestImages.Encode(width, height, SkiaSharp.SKEncodedImageFormat.Png, (x, y) => new SkiaSharp.SKColor((byte)x, (byte)y, 128));
            Assert.Null(task.Encode(new Example("image", new Target.ClassIndex(0), new ExampleInput.EncodedImage(file)), rows));
        }

        task.FinishRows(rows);
        var features = task.Collate(rows, [0, 1]);
        Assert.Equal([2, 512], features.shape);
        var similarity = features.mm(features.t()).data<float>().ToArray();
        Assert.InRange(similarity[1], 0.5, 0.9999);
        Assert.NotNull(task.View(rows.Payload(1)).Png);
    }

    public static TheoryData<string, Action<TaskOptions>, string> UnusableFiles => new()
    {
        { "no file", static o => o.Encoder.File = "missing.onnx", "'task.encoder.file' is 'missing.onnx': There is no such file." },
        { "no tokenizer", static o => o.Encoder.Tokenizer = null, "'task.encoder.tokenizer' must name the vocab.txt or tokenizer.json" },
        { "missing tokenizer", static o => o.Encoder.Tokenizer = "missing.txt", "'task.encoder.tokenizer' is 'missing.txt': There is no such file." },
        { "an encoder of images", static o => o.Encoder.File = EncoderFiles.ResNet18(), "must have the input 'input_ids' (and may have 'attention_mask' and 'token_type_ids') but has: Input247" },
        { "too many tokens", static o => o.Encoder.MaxTokens = 600, "ONNX Runtime cannot run the file on input_ids [2, 600]" },
        { "no such output", static o => o.Encoder.Output = "pooler", "'task.encoder.output' must be one of last_hidden_state, 924 but is 'pooler'" },
        { "a text as model", static o => o.Encoder.File = o.Encoder.Tokenizer, "The file is not an ONNX model." },
        { "a GPU", static o => o.Encoder.Device = "cuda", "'task.encoder.device' must be cpu or auto but is cuda" },
        { "another task", static o => o.Name = "tabular", "'task.encoder.file' must not be set for the task tabular" },
        { "a tokenizer of images", static o => (o.Name, o.Images.Channels) = ("images", 3), "An encoder of images must have one input but has: input_ids, attention_mask, token_type_ids." },
    };

    [Theory]
    [MemberData(nameof(UnusableFiles))]
    public void Files_that_do_not_fit_are_named_with_the_reason(string name, Action<TaskOptions> change, string message)
    {
        Assert.NotEmpty(name);
        var options = MiniLmOptions("float16");
        change(options);
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => TaskCatalog.Create(options.Name, options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_are_not_finished_cannot_be_collated()
    {
        using var encoder = new SmallEncoder();
        var task = TaskCatalog.Create("text", encoder.OfTexts(static _ => { }));
        using var rows = Rows(task, ["lost card"]);
        Assert.Contains("not finished", Assert.Throws<InvalidDataException>(() => task.Collate(rows, [0])).Message, StringComparison.Ordinal);
    }

    private static TaskOptions MiniLmOptions(string storage)
    {
        var folder = EncoderFiles.MiniLm();
        var options = new TaskOptions { Name = "text" };
        (options.Encoder.File, options.Encoder.Tokenizer, options.Encoder.Storage) = (Path.Combine(folder, "model.onnx"), Path.Combine(folder, "vocab.txt"), storage);
        return options;
    }

    private static IMiningTask MiniLm(string storage)
    {
        var options = MiniLmOptions(storage);
        return TaskCatalog.Create(options.Name, options);
    }

    private static TaskOptions ResNet()
    {
        var options = new TaskOptions { Name = "images" };
        (options.Images.Height, options.Images.Width, options.Images.Channels) = (224, 224, 3);
        options.Encoder.File = EncoderFiles.ResNet18();
        (options.Encoder.Image.Means, options.Encoder.Image.Deviations, options.Encoder.Image.Channels) = ([0.404f, 0.455f, 0.483f], [1 / 255f], "bgr");
        return options;
    }

    private static RowBuffer Rows(IMiningTask task, string[] texts)
    {
        var rows = new RowBuffer();
        foreach (var text in texts)
            Assert.Null(task.Encode(new Example("text", new Target.ClassIndex(1), new ExampleInput.Text(text)), rows));
        return rows;
    }
}
