using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
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

    [Fact(Timeout = 600_000)]
    public async Task Mines_the_newest_record_of_each_id_of_a_topic_without_deleted_and_unreadable_ones()
    {
        using var cluster = EmbeddedCluster.Start(new EmbeddedClusterOptions { Topics = ["made"], Partitions = 2 });
        using (var producer = new ProducerBuilder<string, byte[]?>(new ProducerConfig { BootstrapServers = cluster.BootstrapServers }).Build())
        {
            // Twice each, the first time as positives; then every tenth is deleted.
            foreach (var pass in (int[])[0, 1])
            {
                for (var i = 0; i < 400; i++)
                    producer.Produce("made", new Message<string, byte[]?> { Key = $"e{i}", Value = ExampleEncoder.ToProtobuf(Row(i, pass == 0 || i % 20 == 0)) });
            }

            for (var i = 5; i < 400; i += 10)
                producer.Produce("made", new Message<string, byte[]?> { Key = $"e{i}", Value = null });
            producer.Produce("made", new Message<string, byte[]?> { Key = "e1", Value = [0xFF, 0xFF, 0xFF] });
            // An oversized record is not a tombstone: its example stays.
            producer.Produce("made", new Message<string, byte[]?> { Key = "e2", Value = new byte[40_000] });
            producer.Flush(TestContext.Current.CancellationToken);
        }

        var (code, output) = await MineAsync(
            "--set", $"kafka.bootstrapServers={cluster.BootstrapServers}", "--set", "kafka.topic=made", "--set", "wire.maxRecordBytes=20000", "--from-topic", "earliest", "--rounds", "1", "--hard-set", "400", "--output", "hard.jsonl");
        Assert.True(code == 0, output);
        var counts = Regex.Match(output, "tabular: (?<mined>[0-9]+) examples to mine in, (?<positive>[0-9]+) of them positive; (?<test>[0-9]+) test examples", RegexOptions.None, TimeSpan.FromSeconds(5));
        Assert.True(counts.Success, output);
        Assert.Equal(360, Count("mined") + Count("test"));
        Assert.InRange(Count("positive"), 1, 20);
        Assert.Contains("400 older records of the same id (such as e", output, StringComparison.Ordinal);
        Assert.Contains("40 examples deleted by tombstones (such as e", output, StringComparison.Ordinal);
        Assert.True(output.Contains("1 unknown-format records (such as made[", StringComparison.Ordinal), output);
        Assert.Contains("1 too-large records (such as made[", output, StringComparison.Ordinal);
        var negatives = File.ReadLines(At("hard.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("negative_id").GetString()!).ToArray();
        Assert.Equal(negatives.Distinct().Count(), negatives.Length);
        Assert.DoesNotContain(negatives, id => int.Parse(id[1..], CultureInfo.InvariantCulture) % 10 == 5);

        int Count(string group) => int.Parse(counts.Groups[group].Value, CultureInfo.InvariantCulture);

        static Example Row(int i, bool positive) => new(
            $"e{i}", new Target.Label(positive ? "1" : "0"), new ExampleInput.Features([new Feature("a", (positive ? 1 : 0) + (i % 7 * 0.1), null), new Feature("b", i % 11 * 0.1, null)]));
    }

    [Fact(Timeout = 600_000)]
    public async Task Counts_the_ids_that_occur_twice_in_a_file_and_mines_the_later_row()
    {
        _folder.With("few.csv", "id,label,a,b\n" + string.Concat(Enumerable.Range(0, 400).Select(i => FormattableString.Invariant($"e{i % 300},{(i % 20 == 0 ? 1 : 0)},{i % 7},{i % 11}\n"))));
        var (code, output) = await MineAsync("--set", "data.columns.id=id", "--rounds", "1", "--hard-set", "400", "--output", "hard.jsonl");
        Assert.True(code == 0, output);
        Assert.Contains("skipped: 100 older records of the same id (such as e0)", output, StringComparison.Ordinal);
        var negatives = File.ReadLines(At("hard.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("negative_id").GetString()!).ToArray();
        Assert.Equal(negatives.Distinct().Count(), negatives.Length);
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
