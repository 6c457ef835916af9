using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Sets;
using HnmStreams.Encoders;
using HnmStreams.Host.Feeding;
using HnmStreams.Testing;

namespace HnmStreams.Host.Tests.Feeding;

/// <summary>Tests of the files in <c>config/tasks</c>.</summary>
public sealed class TaskFilesTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "config", "tasks");

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Folder, "*.json").Select(static f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_task_file_is_valid_and_creates_its_task(string name)
    {
        var options = Load(name);
        Assert.Equal(options.Task.Name, ConfiguredTask.Create(options.Task).Name);
    }

    [Theory]
    [InlineData("fashion-shirt", "fashion-mnist", 54_545, 545, 10_000, 1_000)]
    [InlineData("fashion-classes", "fashion-mnist", 60_000, -1, 10_000, -1)]
    [InlineData("shuttle", "shuttle", 43_500, 186, 14_500, 58)]
    [InlineData("banking77", "banking77", 10_003, -1, 3_080, -1)]
    [InlineData("banking77-intent", "banking77", 10_003, 153, 3_080, 40)]
    [InlineData("sms-spam", "sms-spam", 3_650, 446, 1_521, 207)]
    [InlineData("creditcard-fraud", "creditcard-fraud-subset", 16_632, 259, 7_129, 214)]
    [InlineData("bccd", "bccd", 205, -1, 72, -1)]
    [InlineData("orl-faces", "orl-faces", 200, -1, 200, -1)]
    [InlineData("banking77-minilm", "banking77", 10_003, -1, 3_080, -1)]
    [InlineData("banking77-finetuned", "banking77", 10_003, -1, 3_080, -1)]
    [InlineData("scifact", "scifact", 809 + 5_183, -1, 300 + 5_183, -1)]
    [InlineData("banking-search", "banking77", 10_003, -1, 3_080, -1)]
    public void A_public_data_set_has_the_expected_examples_and_the_task_accepts_all(string name, string set, int train, int trainPositives, int test, int testPositives)
    {
        var root = Path.GetDirectoryName(PublicData.Find(set));
        var options = Load(name);
        var examples = new DataFolders(Folder, root).Open(options.Data);
        Assert.Equal((train, trainPositives), Count(options, examples, SetPart.Train));
        Assert.Equal((test, testPositives), Count(options, examples, SetPart.Test));
    }

    [Fact]
    public void Reads_the_boxes_of_blood_cells_and_counts_those_without_area()
    {
        var root = Path.GetDirectoryName(PublicData.Find("bccd"));
        var set = new DataFolders(Folder, root).Open(Load("bccd").Data);
        // Of the two boxes without area, one is in the train part and the other in val.
        Assert.Equal(2_804, set.Load(SetPart.Train, TestContext.Current.CancellationToken).Sum(Boxes));
        Assert.Equal(945, set.Load(SetPart.Test, TestContext.Current.CancellationToken).Sum(Boxes));
        Assert.Equal("1 boxes without area (such as BloodImage_00343)", set.Skipped.ToString());
    }

    [Fact]
    public void Reads_connections_by_the_column_names_of_the_settings_file()
    {
        var root = Path.GetDirectoryName(PublicData.Find("kddcup99-10pct"));
        var options = Load("kddcup99");
        var task = ConfiguredTask.Create(options.Task);
        using var rows = new RowBuffer();
        foreach (var example in new DataFolders(Folder, root).Open(options.Data).Read(SetPart.Train, TestContext.Current.CancellationToken).Take(5_000))
        {
            Assert.Null(task.Encode(example, rows));
            var features = Assert.IsType<ExampleInput.Features>(example.Input).Items;
            Assert.Equal(41, features.Count);
            Assert.Equal(["protocol_type", "service", "flag"], features.Where(static f => f.Category is not null).Select(static f => f.Name));
        }

        Assert.Equal(5_000, rows.Count);
        Assert.Contains(0, rows.Labels.ToArray());
    }

    private static int Boxes(Example example) => ((Target.Boxes)example.Target).Items.Count;

    /// <summary>Returns the number of rows and of positives; -1 if the task has no positive class.</summary>
    private static (int Rows, int Positives) Count(HnmOptions options, ExampleSet set, SetPart part)
    {
        var task = ConfiguredTask.Create(options.Task);
        using var rows = new RowBuffer();
        var (count, positives) = (0, 0);
        foreach (var example in set.Load(part, TestContext.Current.CancellationToken))
        {
            rows.Clear();
            Assert.Null(task.Encode(example, rows));
            count++;
            positives += rows.Labels[0] == 1 ? 1 : 0;
        }

        return (count, task.HasPositives ? positives : -1);
    }

    private static HnmOptions Load(string name)
    {
        var options = new SettingsLoader(new ConfigFiles(AppContext.BaseDirectory, AppContext.BaseDirectory), new Dictionary<string, string>(StringComparer.Ordinal))
            .Load(new SettingsRequest(Path.Combine(Folder, name + ".json"))).Options;
        // The paths in the files are relative to the checkout.
        if (options.Task.Encoder.File is { } encoder)
        {
            options.Task.Encoder.File = encoder.Contains("minilm", StringComparison.Ordinal) ? Path.Combine(EncoderFiles.MiniLm(), "model.onnx") : EncoderFiles.ResNet18();
            options.Task.Encoder.Tokenizer = options.Task.Encoder.Tokenizer is null ? null : Path.Combine(EncoderFiles.MiniLm(), "vocab.txt");
        }

        if (options.Task.Backbone.File is { } backbone)
        {
            options.Task.Backbone.File = backbone.Contains("minilm", StringComparison.Ordinal) ? EncoderFiles.MiniLmWeights() : EncoderFiles.ResNet18Weights();
            options.Task.Backbone.Tokenizer = options.Task.Backbone.Tokenizer is null ? null : Path.Combine(EncoderFiles.MiniLm(), "vocab.txt");
        }

        return options;
    }
}
