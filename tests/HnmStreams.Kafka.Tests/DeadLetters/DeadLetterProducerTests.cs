using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.DeadLetters;
using HnmStreams.Kafka.Tests.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.DeadLetters;

public sealed class DeadLetterProducerTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_dead_letter_contains_the_original_bytes_with_reason_and_origin()
    {
        using var stream = new EmbeddedStream();
        await using var deadLetters = new DeadLetterProducer(stream.Kafka(), TimeProvider.System, NullLogger.Instance);
        deadLetters.Write(new DeadLetter(new Origin("examples", 3, 42), "malformed", "field 7 ends early: ü", "id-1"u8.ToArray(), [0, 255, 1]));
        deadLetters.Write(new DeadLetter(new Origin("examples", 0, 0), "too-large", "2 MiB", null, null));
        await deadLetters.FlushAsync(TestContext.Current.CancellationToken);

        using var reader = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = stream.Cluster.BootstrapServers,
            GroupId = "reader",
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        reader.Subscribe("examples.dead-letters");
        var found = new[] { reader.Consume(TestContext.Current.CancellationToken), reader.Consume(TestContext.Current.CancellationToken) };
        reader.Close();

        var malformed = Assert.Single(found, record => Header(record, DeadLetterProducer.ReasonHeader) == "malformed");
        Assert.Equal("id-1"u8.ToArray(), malformed.Message.Key);
        Assert.Equal(new byte[] { 0, 255, 1 }, malformed.Message.Value);
        Assert.Equal("field 7 ends early: ü", Header(malformed, DeadLetterProducer.DetailHeader));
        Assert.Equal(("examples", "3", "42"), (Header(malformed, DeadLetterProducer.TopicHeader), Header(malformed, DeadLetterProducer.PartitionHeader), Header(malformed, DeadLetterProducer.OffsetHeader)));
        var tooLarge = Assert.Single(found, record => Header(record, DeadLetterProducer.ReasonHeader) == "too-large");
        Assert.Null(tooLarge.Message.Value);
        Assert.Equal((2, 2, 0), (deadLetters.Count, deadLetters.Delivered, deadLetters.Failures));
    }

    [Fact(Timeout = 60_000)]
    public async Task Writing_does_not_wait_for_an_unreachable_broker()
    {
        using var stream = new EmbeddedStream();
        var kafka = stream.Kafka();
        kafka.Producer["message.timeout.ms"] = "200";
        stream.Cluster.StopBroker(1);
        await using var deadLetters = new DeadLetterProducer(kafka, TimeProvider.System, NullLogger.Instance);

        deadLetters.Write(new DeadLetter(new Origin("examples", 0, 0), "malformed", "", null, [1]));
        var error = await Assert.ThrowsAsync<DeadLetterException>(() => deadLetters.FlushAsync(TestContext.Current.CancellationToken));

        Assert.Contains("examples.dead-letters", error.Message, StringComparison.Ordinal);
        Assert.Equal((1, 0, 1), (deadLetters.Count, deadLetters.Delivered, deadLetters.Failures));
        Assert.NotNull(deadLetters.LastError);
    }

    [Fact]
    public void The_default_topic_is_named_after_the_topic_of_examples()
    {
        Assert.Equal("t.dead-letters", new KafkaOptions { Topic = "t" }.DeadLetterTopicOrDefault);
        Assert.Equal("other", new KafkaOptions { Topic = "t", DeadLetterTopic = "other" }.DeadLetterTopicOrDefault);
    }

    private static string Header(ConsumeResult<byte[]?, byte[]?> record, string name) => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));
}
