using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.EndToEnd.Tests.Dashboard;

/// <summary>A stream of payments of the last three weeks, whose labels come days later or never: the records have the times of that past.</summary>
internal static class DelayedPayments
{
    /// <summary>The settings of a service that learns from the stream.</summary>
    public const string Settings = """
        {
          "taskFile": null,
          "task": { "name": "tabular", "tabular": { "positive": "fraud", "hidden": [32], "buckets": 1024 } },
          "labels": { "mode": "later", "timeout": "7d", "corrections": "14d", "whenNoLabel": "presumeNegative", "requests": { "enabled": true, "perHour": 100000, "maxOpen": 60 } },
          "pipeline": { "device": "cpu", "evaluation": { "interval": "1s" }, "publishing": { "everySteps": 10 }, "training": { "learningRate": 0.01 }, "limiter": { "examplesPerStep": 8, "minExamples": 200 } }
        }
        """;

    /// <summary>The setting in <see cref="Settings"/>.</summary>
    public const int ExamplesPerStep = 8;

    private const int Portion = 500;

    private static readonly string[] Countries = ["DE", "FR", "PL", "BR", "US"];
    private static readonly string[] Merchants = ["groceries", "travel", "electronics", "games"];

    /// <summary>Sends payments and labels in the order of their times, in portions.</summary>
    /// <param name="learned">Completes when the service has learned from the records so far, and the number of payments among them.</param>
    public static async Task SendAsync(string bootstrap, string topic, int payments, DateTimeOffset end, Func<int, Task> learned)
    {
        var random = new Xoshiro256StarStar(7);
        var start = end - TimeSpan.FromDays(21);
        var records = new List<(DateTimeOffset At, string Id, string Value)>();
        for (var i = 0; i < payments; i++)
        {
            var at = start + (TimeSpan.FromDays(21) * i / payments);
            var (amount, hour, country, merchant) = (Math.Round(Math.Exp(3 + (1.2 * Gaussian(random))), 2), random.NextInt32(24), Countries[random.NextInt32(Countries.Length)], Merchants[random.NextInt32(Merchants.Length)]);
            // Expensive electronics and games at night are often fraud.
            var risk = (amount > 60 ? 2 : 0) + (hour < 6 ? 2 : 0) + (merchant is "electronics" or "games" ? 1 : 0) + (country is "BR" or "US" ? 1 : 0) + Gaussian(random);
            var isFraud = risk > 4.2;
            var id = string.Create(CultureInfo.InvariantCulture, $"pay-{i:D5}");
            records.Add((at, id, JsonSerializer.Serialize(new { id, features = new { amount, hour, country, merchant } })));
            var delay = TimeSpan.FromDays(-1.5 * Math.Log(1 - random.NextDouble()) * (isFraud ? 2 : 1));
            // Good payments often get no label, because they are not disputed.
            if ((isFraud || random.NextDouble() < 0.6) && at + delay < end)
                records.Add((at + delay, id, JsonSerializer.Serialize(new { id, label = isFraud ? "fraud" : "not fraud" })));
        }

        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = bootstrap, LingerMs = 50, QueueBufferingMaxMessages = 1_000_000 }).Build();
        var sent = 0;
        foreach (var portion in records.OrderBy(r => r.At).Chunk(Portion))
        {
            foreach (var (at, id, value) in portion)
                producer.Produce(topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(id), Value = Encoding.UTF8.GetBytes(value), Timestamp = new Timestamp(at.UtcDateTime) });
            producer.Flush(TestContext.Current.CancellationToken);
            sent += portion.Count(r => r.Value.Contains("features", StringComparison.Ordinal));
            await learned(sent);
        }
    }

    private static double Gaussian(Xoshiro256StarStar random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
