using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Predictions;
using HnmStreams.Kafka.Predictions;
using HnmStreams.Kafka.Tests.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.Predictions;

public sealed class PredictionProducerTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(PredictionFormat.Json, "json")]
    [InlineData(PredictionFormat.Protobuf, "protobuf")]
    public async Task A_prediction_is_keyed_by_its_id_and_names_its_format(PredictionFormat format, string header)
    {
        using var stream = new EmbeddedStream();
        var kafka = stream.Kafka();
        (kafka.PredictionsTopic, kafka.PredictionsFormat) = ("predictions", format);
        await using var producer = new PredictionProducer(kafka, TimeProvider.System, NullLogger.Instance);
        producer.Write(new Prediction("tx-1", 3, true, [0.5f], [0.4, 0.6], null, TimeProvider.System.GetUtcNow()));
        await producer.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1, 1), (producer.Count, producer.Delivered));

        using var reader = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = stream.Cluster.BootstrapServers, GroupId = "reader", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        reader.Subscribe("predictions");
        var message = reader.Consume(TestContext.Current.CancellationToken).Message;
        reader.Close();
        Assert.Equal("tx-1", Encoding.UTF8.GetString(message.Key));
        Assert.Equal(header, Encoding.UTF8.GetString(message.Headers.GetLastBytes(WireHeaders.Format)));
        Assert.Equal(("tx-1", 3L, 0.5f), PredictionEncoding.Decode(message.Value, format) is var read ? (read.Id, read.ModelVersion, read.Outputs[0]) : default);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_flush_fails_if_a_prediction_could_not_be_delivered()
    {
        using var stream = new EmbeddedStream();
        var kafka = stream.Kafka();
        kafka.PredictionsTopic = "predictions";
        kafka.Producer["message.timeout.ms"] = "200";
        stream.Cluster.StopBroker(1);
        await using var producer = new PredictionProducer(kafka, TimeProvider.System, NullLogger.Instance);
        producer.Write(new Prediction("tx-1", 3, true, [0.5f], null, null, default));
        var error = await Assert.ThrowsAsync<PredictionDeliveryException>(() => producer.FlushAsync(TestContext.Current.CancellationToken));
        Assert.Contains("kafka.predictionsTopic", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_topic_must_differ_from_the_topic_of_examples()
    {
        using var stream = new EmbeddedStream();
        var kafka = stream.Kafka();
        kafka.PredictionsTopic = kafka.Topic;
        Assert.Contains("must differ", Assert.Throws<InvalidOperationException>(() => new PredictionProducer(kafka, TimeProvider.System, NullLogger.Instance)).Message, StringComparison.Ordinal);
    }
}
