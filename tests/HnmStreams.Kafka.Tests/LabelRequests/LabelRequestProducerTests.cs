using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Labeling;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Predictions;
using HnmStreams.Kafka.LabelRequests;
using HnmStreams.Kafka.Tests.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.LabelRequests;

public sealed class LabelRequestProducerTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(PredictionFormat.Json, "json")]
    [InlineData(PredictionFormat.Protobuf, "protobuf")]
    public async Task A_request_is_keyed_by_its_id_and_open_until_its_end(PredictionFormat format, string header)
    {
        using var stream = new EmbeddedStream();
        var kafka = stream.Kafka();
        (kafka.LabelRequestsTopic, kafka.LabelRequestsFormat) = ("requests", format);
        await using (var producer = new LabelRequestProducer(kafka, TimeProvider.System, NullLogger.Instance))
        {
            producer.Write(Request("tx-1", 0.5));
            producer.Write(Request("tx-2", 0.6));
            producer.Write(Request("tx-3", 0.7));
            producer.WriteEnd("tx-2");
            producer.Write(Request("tx-3", 0.8));
            await producer.FlushAsync(TestContext.Current.CancellationToken);
        }

        var open = LabelRequestReader.ReadOpen(kafka, TestContext.Current.CancellationToken).ToDictionary(r => r.Id, StringComparer.Ordinal);
        Assert.Equal(["tx-1", "tx-3"], open.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(0.8, open["tx-3"].Score);
        Assert.Equal(Request("tx-1", 0.5) with { Probabilities = [] }, open["tx-1"] with { Probabilities = [] });
        Assert.Equal([0.75f, 0.25f], open["tx-1"].Probabilities);

        using var reader = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = stream.Cluster.BootstrapServers, GroupId = "reader", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        reader.Subscribe("requests");
        var message = reader.Consume(TestContext.Current.CancellationToken).Message;
        reader.Close();
        Assert.Equal(header, Encoding.UTF8.GetString(message.Headers.GetLastBytes(WireHeaders.Format)));
        Assert.Equal(Encoding.UTF8.GetString(message.Key), LabelRequestEncoding.Decode(message.Value, format).Id);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_flush_fails_if_a_request_could_not_be_delivered()
    {
        using var stream = new EmbeddedStream();
        var kafka = stream.Kafka();
        kafka.LabelRequestsTopic = "requests";
        kafka.Producer["message.timeout.ms"] = "200";
        stream.Cluster.StopBroker(1);
        await using var producer = new LabelRequestProducer(kafka, TimeProvider.System, NullLogger.Instance);
        producer.Write(Request("tx-1", 0.5));
        var error = await Assert.ThrowsAsync<LabelRequestDeliveryException>(() => producer.FlushAsync(TestContext.Current.CancellationToken));
        Assert.Contains("kafka.labelRequestsTopic", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_JSON_of_a_request_is_that_of_the_contract() => Assert.Equal(
        """{"id":"tx-1","origin":{"topic":"payments","partition":3,"offset":4711},"reason":"disagreement","score":0.5,"uncertainty":0.1,"disagreement":0.5,"modelVersion":17,"predicted":"not fraud","probabilities":[0.75,0.25],"eventTime":"2026-11-30T10:00:00+00:00","at":"2026-11-30T10:00:01.5+00:00"}""",
        Encoding.UTF8.GetString(LabelRequestEncoding.Encode(Request("tx-1", 0.5), PredictionFormat.Json)));

    private static LabelRequest Request(string id, double score) => new(
        id,
        new Origin("payments", 3, 4_711),
        LabelRequestReason.Disagreement,
        score,
        0.1,
        0.5,
        17,
        "not fraud",
        [0.75f, 0.25f],
        new DateTimeOffset(2026, 11, 30, 10, 0, 0, TimeSpan.Zero),
        new DateTimeOffset(2026, 11, 30, 10, 0, 1, 500, TimeSpan.Zero));
}
