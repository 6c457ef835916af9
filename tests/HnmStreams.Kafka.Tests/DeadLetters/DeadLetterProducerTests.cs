using System.Globalization;
using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.DeadLetters;
using HnmStreams.Kafka.Tests.Brokers;
using HnmStreams.Testing.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.DeadLetters;

[Collection(RealBrokerTestGroup.Name)]
public sealed class DeadLetterProducerTests(RealBroker broker)
{
    private const int MaxRecordBytes = 1 << 20;

    [Fact(Timeout = 60_000)]
    public async Task A_dead_letter_contains_the_original_bytes_with_reason_and_origin()
    {
        using var stream = new EmbeddedStream();
        await using var deadLetters = new DeadLetterProducer(stream.Kafka(), MaxRecordBytes, TimeProvider.System, NullLogger.Instance);
        var block = new byte[64];
        var length = 0;
        Assert.True(CapturedHeaders.Append("ce_id", "e-1"u8, block, ref length) && CapturedHeaders.Append("content-type", "text/plain"u8, block, ref length));
        deadLetters.Write(new DeadLetter(new Origin("examples", 3, 42), "malformed", "field 7 ends early: ü", "id-1"u8.ToArray(), [0, 255, 1]) { Headers = block.AsMemory(0, length) });
        deadLetters.Write(new DeadLetter(new Origin("examples", 0, 0), "too-large", "2 MiB", null, null) { Row = 17 });
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
        Assert.Equal(("e-1", "text/plain"), (Header(malformed, "ce_id"), Header(malformed, "content-type")));
        var tooLarge = Assert.Single(found, record => Header(record, DeadLetterProducer.ReasonHeader) == "too-large");
        Assert.Null(tooLarge.Message.Value);
        Assert.Equal("17", Header(tooLarge, DeadLetterProducer.RowHeader));
        Assert.False(malformed.Message.Headers.TryGetLastBytes(DeadLetterProducer.RowHeader, out _));
        Assert.Equal((2, 2, 0), (deadLetters.Count, deadLetters.Delivered, deadLetters.Failures));
    }

    [Fact(Timeout = 60_000)]
    public async Task Writing_does_not_wait_for_an_unreachable_broker()
    {
        using var stream = new EmbeddedStream();
        var kafka = stream.Kafka();
        kafka.Producer["message.timeout.ms"] = "200";
        stream.Cluster.StopBroker(1);
        await using var deadLetters = new DeadLetterProducer(kafka, MaxRecordBytes, TimeProvider.System, NullLogger.Instance);

        deadLetters.Write(new DeadLetter(new Origin("examples", 0, 0), "malformed", "", null, [1]));
        var error = await Assert.ThrowsAsync<DeadLetterException>(() => deadLetters.FlushAsync(TestContext.Current.CancellationToken));

        Assert.Contains("examples.dead-letters", error.Message, StringComparison.Ordinal);
        Assert.Equal((1, 0, 1), (deadLetters.Count, deadLetters.Delivered, deadLetters.Failures));
        Assert.NotNull(deadLetters.LastError);
    }

    [Theory(Timeout = 180_000)]
    [InlineData(1_000_000)]
    [InlineData(1_048_576)]
    [InlineData(MaxRecordBytes + 100_000)]
    public async Task A_dead_letter_of_any_size_is_delivered(int size)
    {
        var topic = await broker.CreateTopicAsync(partitions: 1);
        var kafka = new KafkaOptions { BootstrapServers = await broker.BootstrapOrSkipAsync(), Topic = topic };
        await using var deadLetters = new DeadLetterProducer(kafka, MaxRecordBytes, TimeProvider.System, NullLogger.Instance);
        var value = new byte[size];
        FillIncompressible(value);
        await broker.CreateTopicAsync(kafka.DeadLetterTopicOrDefault);

        deadLetters.Write(new DeadLetter(new Origin(topic, 0, 0), "malformed", "", "id"u8.ToArray(), value));
        deadLetters.Write(new DeadLetter(new Origin(topic, 0, 1), "malformed", "", "id"u8.ToArray(), [1]));
        await deadLetters.FlushAsync(TestContext.Current.CancellationToken);

        var found = Read(kafka, 2);
        var large = found.Single(record => Header(record, DeadLetterProducer.OffsetHeader) == "0");
        Assert.Equal("id"u8.ToArray(), large.Message.Key);
        if (large.Message.Value is { } kept)
            Assert.Equal(value, kept);
        else
            Assert.Equal(size.ToString(CultureInfo.InvariantCulture), Header(large, DeadLetterProducer.ValueSizeHeader));
        Assert.Equal(large.Message.Value is null ? 1 : 0, deadLetters.Shortened);
        Assert.Equal([1], found.Single(record => Header(record, DeadLetterProducer.OffsetHeader) == "1").Message.Value!);
        Assert.Equal((2, 2, 0), (deadLetters.Count, deadLetters.Delivered, deadLetters.Failures));
    }

    [Fact(Timeout = 180_000)]
    public async Task Omits_a_key_or_value_that_is_too_large_for_the_topic()
    {
        var kafka = new KafkaOptions { BootstrapServers = await broker.BootstrapOrSkipAsync(), Topic = $"hnm-test-{Guid.NewGuid():N}" };
        await broker.CreateTopicAsync(kafka.DeadLetterTopicOrDefault, ("max.message.bytes", "100000"));
        await using var deadLetters = new DeadLetterProducer(kafka, MaxRecordBytes, TimeProvider.System, NullLogger.Instance);
        var random = new byte[200_000];
        FillIncompressible(random);

        for (var i = 0; i < 20; i++)
            deadLetters.Write(new DeadLetter(new Origin("t", 0, i), "malformed", "", i % 10 == 0 ? random : [(byte)i], i % 5 == 0 ? random : [(byte)i]));
        await deadLetters.FlushAsync(TestContext.Current.CancellationToken);

        var found = Read(kafka, 20).OrderBy(record => int.Parse(Header(record, DeadLetterProducer.OffsetHeader), CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i % 5 == 0 ? null : new[] { (byte)i }), found.Select(record => record.Message.Value));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i % 10 == 0 ? null : new[] { (byte)i }), found.Select(record => record.Message.Key is { Length: 1 } key ? key : null));
        Assert.All(found.Where((_, i) => i % 5 == 0), record => Assert.Equal("200000", Header(record, DeadLetterProducer.ValueSizeHeader)));
        Assert.All(found.Where((_, i) => i % 10 == 0), record => Assert.Equal("200000", Header(record, DeadLetterProducer.KeySizeHeader)));
        Assert.Equal((20, 20, 0, 4), (deadLetters.Count, deadLetters.Delivered, deadLetters.Failures, deadLetters.Shortened));
    }

    [Fact]
    public void The_default_topic_is_named_after_the_topic_of_examples()
    {
        Assert.Equal("t.dead-letters", new KafkaOptions { Topic = "t" }.DeadLetterTopicOrDefault);
        Assert.Equal("other", new KafkaOptions { Topic = "t", DeadLetterTopic = "other" }.DeadLetterTopicOrDefault);
    }

    private static List<ConsumeResult<byte[]?, byte[]?>> Read(KafkaOptions kafka, int count)
    {
        using var reader = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            GroupId = kafka.Topic,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        reader.Assign(new TopicPartitionOffset(kafka.DeadLetterTopicOrDefault, 0, Offset.Beginning));
        return [.. Enumerable.Range(0, count).Select(_ => reader.Consume(TestContext.Current.CancellationToken))];
    }

    private static string Header(ConsumeResult<byte[]?, byte[]?> record, string name) => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));

    // Fills with reproducible bytes that no codec can compress.
    private static void FillIncompressible(Span<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)System.IO.Hashing.XxHash3.HashToUInt64(BitConverter.GetBytes(i));
    }
}
