using System.Globalization;
using System.Text;
using System.Text.Json;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Host.Tests.Commands;

public sealed class MineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static readonly string[] Set = ["--set", "task.name=tabular", "--set", "task.tabular.positive=1", "--data", "few.csv", "--set", "mine.warmupSteps=20", "--set", "pipeline.evaluation.heldOutShare=0.3"];

    public MineTests()
    {
        var lines = new StringBuilder("id,label,a,b\n");
        for (var i = 0; i < 400; i++)
            lines.Append(CultureInfo.InvariantCulture, $"e{i},{(i % 20 == 0 ? 1 : 0)},{(i % 20 == 0 ? 1 : 0) + (i % 7 * 0.1):0.0},{i % 11 * 0.1:0.0}\n");
        _folder.With("few.csv", lines.ToString());
    }

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 600_000)]
    public async Task Mines_a_data_set_in_rounds_and_resumes()
    {
        var (code, output) = await MineAsync("--rounds", "2", "--hard-set", "30", "--output", "hard.jsonl", "--form", "labeled-pair", "--summary", "s.json");
        Assert.True(code == 0, output);
        Assert.Contains("round 2: of", output, StringComparison.Ordinal);
        var reports = JsonDocument.Parse(await File.ReadAllTextAsync(At("s.json"), TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal(2, reports.GetArrayLength());
        Assert.True(reports[1].GetProperty("steps").GetInt64() > 0);
        Assert.InRange(reports[1].GetProperty("new").GetDouble(), 0, 1);
        Assert.InRange(reports[1].GetProperty("after").GetProperty("averagePrecision").GetDouble(), 0, 1);
        var mined = File.ReadLines(At("hard.jsonl")).Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal(reports[1].GetProperty("counts").GetProperty("mined").GetInt64(), mined.Count(m => m.GetProperty("label").GetInt32() == 0));
        Assert.True(File.Exists(At("mined/model.safetensors")));

        (code, output) = await MineAsync("--rounds", "3", "--hard-set", "30");
        Assert.True(code == 0, output);
        Assert.Contains("2 rounds are complete", output, StringComparison.Ordinal);
        Assert.DoesNotContain("round 2: of", output, StringComparison.Ordinal);
        Assert.Contains("round 3: of", output, StringComparison.Ordinal);
    }

    [Theory(Timeout = 600_000)]
    [InlineData("2", "--output", "hard.txt", "--output must be a .parquet or .jsonl file")]
    [InlineData("2", "--to-topic", "hard", "'kafka.bootstrapServers' is not set")]
    [InlineData("2", "--range-min", "9", "mine.rangeMax", "--range-max", "5")]
    public async Task Rejects_invalid_options(string code, string option, string value, string message, params string[] more)
    {
        var (actual, output) = await MineAsync([option, value, .. more]);
        Assert.Equal(int.Parse(code, CultureInfo.InvariantCulture), actual);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task Does_not_resume_rounds_with_other_settings()
    {
        Assert.Equal(0, (await MineAsync("--rounds", "1", "--hard-set", "30")).Code);
        var (code, output) = await MineAsync("--rounds", "2", "--hard-set", "31");
        Assert.Equal(2, code);
        Assert.Contains("--fresh", output, StringComparison.Ordinal);
        Assert.Equal(0, (await MineAsync("--rounds", "1", "--hard-set", "31", "--fresh")).Code);
    }

    [Fact(Timeout = 600_000)]
    public async Task Mines_a_range_of_a_topic_and_sends_the_negatives_to_a_topic()
    {
        using var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions { Topics = ["made", "hard"], Partitions = 1 });
        using (var produce = new TestContexts(_folder.Path))
            Assert.Equal(0, await produce.InvokeAsync("produce", "--data", "few.csv", "--topic", "made", "--bootstrap", cluster.BootstrapServers));
        string[] kafka = ["--set", $"kafka.bootstrapServers={cluster.BootstrapServers}", "--set", "kafka.topic=made", "--from-topic", "earliest", "--to", "300", "--rounds", "1", "--hard-set", "20"];
        var (code, output) = await MineAsync([.. kafka, "--to-topic", "hard", "--output", "hard.jsonl"]);
        Assert.True(code == 0, output);
        // Offsets 0 to 299, less those that are held out.
        Assert.Matches("tabular: 2[0-4][0-9] examples to mine in", output);
        Assert.Contains("hard at", output, StringComparison.Ordinal);

        var settings = new KafkaOptions { BootstrapServers = cluster.BootstrapServers, Topic = "hard", GroupId = "test" };
        await using var consumer = new RecordConsumer(settings, new ConsumingOptions(), new StartPosition.Earliest(), null, TimeProvider.System, NullLogger.Instance);
        consumer.Start();
        var lines = await File.ReadAllLinesAsync(At("hard.jsonl"), TestContext.Current.CancellationToken);
        var sent = new List<string>();
        while (sent.Count < lines.Length)
        {
            using var chunk = await consumer.Chunks.ReadAsync(TestContext.Current.CancellationToken);
            sent.AddRange(chunk.Records.Select(r => Encoding.UTF8.GetString(chunk.Read(r.Value).Span)));
        }

        Assert.Equal(20, sent.Count);
        Assert.All(sent, line => Assert.Equal("1", JsonDocument.Parse(line).RootElement.GetProperty("anchor_id").GetString()));
        Assert.Equal(lines.Select(Negative), sent.Select(Negative));

        static string? Negative(string line) => JsonDocument.Parse(line).RootElement.GetProperty("negative_id").GetString();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("mine")]
    [InlineData("replay")]
    public async Task A_command_finishes_if_a_batch_cannot_be_decompressed(string command)
    {
        using var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions { Topics = ["made", "made.dead-letters"], Partitions = 1 });
        using (var produce = new TestContexts(_folder.Path))
            Assert.Equal(0, await produce.InvokeAsync("produce", "--data", "few.csv", "--topic", "made", "--bootstrap", cluster.BootstrapServers));
        await UnreadableBatch.WriteAsync("made", cluster.BootstrapServers);
        string[] kafka =
        [
            "--set", $"kafka.bootstrapServers={cluster.BootstrapServers}", "--set", "kafka.topic=made", "--set", "consuming.unreadableAttempts=2",
            .. UnreadableBatch.ConsumerLimits.SelectMany(limit => (string[])["--set", $"kafka.consumer.{limit.Key}={limit.Value}"]),
        ];
        using var test = new TestContexts(_folder.Path);
        var code = command == "mine"
            ? await test.InvokeAsync(["mine", .. Set, .. kafka, "--from-topic", "earliest", "--rounds", "1", "--hard-set", "20", "--output", "hard.jsonl"])
            : await test.InvokeAsync(["replay", "--set", "task.name=tabular", "--set", "task.tabular.positive=1", .. kafka, "--from", "earliest", "--set", "http.urls=off", "--set", "run.display=none", "--summary", "s.json"]);
        Assert.True(code == 0, test.Out.ToString() + test.Error);
        if (command == "replay")
            Assert.Contains("\"deadLettered\": 1", await File.ReadAllTextAsync(At("s.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private string At(string path) => Path.Combine(_folder.Path, path);

    private async Task<(int Code, string Output)> MineAsync(params string[] args)
    {
        using var test = new TestContexts(_folder.Path);
        var code = await test.InvokeAsync(["mine", .. Set, .. args]);
        return (code, test.Out.ToString() + test.Error);
    }
}
