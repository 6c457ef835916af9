using System.Text.Json;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;

namespace HnmStreams.EndToEnd.Tests.Running;

/// <summary>Tests that the topic of hard negatives reflects the pool of the service.</summary>
public sealed class HardNegativesTopicTests(RealBroker broker) : IClassFixture<RealBroker>
{
    [Fact(Timeout = 600_000)]
    public async Task The_topic_contains_what_the_pool_of_the_newest_learner_keeps()
    {
        var bootstrap = await broker.BootstrapOrSkipAsync();
        var topic = await broker.CreateTopicAsync(partitions: 2);
        var (produced, output) = await HnmProcess.RunAsync("produce", "--data", "synthetic", "--topic", topic, "--bootstrap", bootstrap, "--limit", "8000");
        Assert.True(produced == 0, output);

        var kept = await RunAsync(bootstrap, topic, limit: 8_000);
        var published = HardNegativesReader.Read(bootstrap, topic + ".hard", TestContext.Current.CancellationToken);
        Assert.True(kept > 1_000, $"{kept} in the pool");
        Assert.Equal(kept, published.Count);
        Assert.All(published, t =>
        {
            Assert.Equal($"{t.Value.Id}#{t.Value.Region}", t.Key);
            Assert.StartsWith("syn-", t.Value.Id, StringComparison.Ordinal);
            Assert.Equal((topic, 0), (t.Value.Origin.Topic, t.Value.Label));
            // A log-loss, which has no upper limit: a look-alike can exceed 1 after few steps.
            Assert.InRange(t.Value.Hardness, float.Epsilon, float.MaxValue);
        });

        // A new learner that has consumed fewer examples deletes what only the first learner kept.
        kept = await RunAsync(bootstrap, topic, limit: 600);
        Assert.Equal(kept, HardNegativesReader.Read(bootstrap, topic + ".hard", TestContext.Current.CancellationToken).Count);
        Assert.InRange(kept, 1, 600);
    }

    /// <returns>The number of candidates in the pool and the quarantine at the end.</returns>
    private static async Task<int> RunAsync(string bootstrap, string topic, int limit)
    {
        using var folder = new TemporaryFolder();
        var (exitCode, output) = await HnmProcess.RunAsync(
            "run", "--limit", $"{limit}", "--summary", folder["summary.json"], "--set", $"kafka.bootstrapServers={bootstrap}", "--set", $"kafka.topic={topic}",
            "--set", $"kafka.groupId={topic}-{limit}", "--set", $"kafka.hardNegativesTopic={topic}.hard", "--set", "http.urls=off", "--set", "models.folder=null",
            "--set", "pipeline.pool.distinctShare=0", "--checkpoints", "off");
        Assert.True(exitCode == 0, output);
        using var summary = JsonDocument.Parse(await File.ReadAllTextAsync(folder["summary.json"], TestContext.Current.CancellationToken));
        var pool = summary.RootElement.GetProperty("ranking").GetProperty("pool");
        return pool.GetProperty("count").GetInt32() + pool.GetProperty("quarantined").GetInt32();
    }
}
