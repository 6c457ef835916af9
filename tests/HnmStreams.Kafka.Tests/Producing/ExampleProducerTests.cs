using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Producing;
using HnmStreams.Kafka.Telemetry;
using HnmStreams.Kafka.Tests.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.Producing;

public sealed class ExampleProducerTests
{
    [Fact(Timeout = 60_000)]
    public async Task Sends_an_example_with_its_id_as_key_and_its_format_as_header()
    {
        using var stream = new EmbeddedStream();
        await using var producer = Producer(stream);
        var example = new Example("ä-1", new Target.Label("cat"), new ExampleInput.Text("a cat"));

        await producer.ProduceAsync(example, TestContext.Current.CancellationToken);
        await producer.ProduceRawAsync("x"u8.ToArray(), ExampleEncoder.ToJson(example with { Id = "x" }), WireFormat.Json, TestContext.Current.CancellationToken);
        await producer.ProduceRawAsync("x"u8.ToArray(), null, WireFormat.Unknown, TestContext.Current.CancellationToken);
        await producer.ProduceBatchAsync([example, example with { Id = "b" }], TestContext.Current.CancellationToken);
        await producer.FlushAsync(TestContext.Current.CancellationToken);
        await using var consumer = stream.Consumer();
        consumer.Start();
        var received = await ReceivedRecord.ReadAsync(consumer, 4, TestContext.Current.CancellationToken);

        Assert.Equal(["ä-1", "x", "x", "ä-1"], received.Select(record => Encoding.UTF8.GetString(record.Key!)), StringComparer.Ordinal);
        Assert.Equal([WireFormat.Protobuf, WireFormat.Json, WireFormat.Unknown, WireFormat.Arrow], received.Select(record => record.Record.Format));
        Assert.Equal(ExampleEncoder.ToProtobuf(example), received[0].Value);
        Assert.True(received[2].Record.Value.IsNull);
        Assert.All(received, record => Assert.Equal(default, record.Record.TraceParent));
        Assert.Equal((4, 4, 0), (producer.Produced, producer.Delivered, producer.Failed));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_small_window_slows_the_producer_down_and_loses_nothing()
    {
        using var stream = new EmbeddedStream(partitions: 2);
        await using var producer = Producer(stream, new ProducingOptions { QueueRecords = 3, QueueBytes = 1024, Linger = TimeSpan.Zero });
        await using var consumer = stream.Consumer();
        consumer.Start();

        for (var i = 0; i < 500; i++)
        {
            await producer.ProduceRawAsync(BitConverter.GetBytes(i), BitConverter.GetBytes(i), WireFormat.Unknown, TestContext.Current.CancellationToken);
            Assert.InRange(producer.Produced - producer.Delivered, 0, 3);
        }

        var received = await ReceivedRecord.ReadAsync(consumer, 500, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 500), received.Select(record => record.Number).Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task Counts_failed_records_and_releases_their_room_in_the_window()
    {
        using var stream = new EmbeddedStream();
        var kafka = stream.Kafka();
        kafka.Producer["message.timeout.ms"] = "200";
        stream.Cluster.StopBroker(1);
        await using var producer = new ExampleProducer(kafka, new ProducingOptions { QueueRecords = 2 }, TimeProvider.System, NullLogger.Instance);

        for (var i = 0; i < 5; i++)
            await producer.ProduceRawAsync([1], [1], WireFormat.Unknown, TestContext.Current.CancellationToken);
        await producer.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal((5, 0, 5), (producer.Produced, producer.Delivered, producer.Failed));
        Assert.NotNull(producer.LastError);
    }

    [Fact(Timeout = 60_000)]
    public async Task Sends_the_trace_context_of_sampled_spans_only()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == KafkaInstruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var stream = new EmbeddedStream();
        await using var producer = Producer(stream);
        using var request = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        request.ActivityTraceFlags = ActivityTraceFlags.Recorded;

        await producer.ProduceRawAsync([1], [1, 0, 0, 0], WireFormat.Protobuf, TestContext.Current.CancellationToken);
        request.ActivityTraceFlags = ActivityTraceFlags.None;
        await producer.ProduceRawAsync([2], [2, 0, 0, 0], WireFormat.Protobuf, TestContext.Current.CancellationToken);
        await producer.FlushAsync(TestContext.Current.CancellationToken);
        await using var consumer = stream.Consumer();
        consumer.Start();
        var received = await ReceivedRecord.ReadAsync(consumer, 2, TestContext.Current.CancellationToken);

        Assert.Equal(request.TraceId, received[0].Record.TraceParent.TraceId);
        Assert.NotEqual(request.SpanId, received[0].Record.TraceParent.SpanId);
        Assert.Equal(default, received[1].Record.TraceParent);
        Assert.All(received, record => Assert.Equal(WireFormat.Protobuf, record.Record.Format));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_trace_share_is_evenly_spread_and_other_records_start_no_span()
    {
        var topic = $"share-{Guid.NewGuid():n}";
        var started = new ConcurrentBag<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == KafkaInstruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (topic.Equals(span.GetTagItem("messaging.destination.name")))
                    started.Add((string)span.GetTagItem("messaging.kafka.message.key")!);
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var stream = new EmbeddedStream();
        var kafka = stream.Kafka();
        kafka.Topic = topic;
        await using var producer = new ExampleProducer(kafka, new ProducingOptions(), TimeProvider.System, NullLogger.Instance, traceShare: 0.03);

        for (var i = 1; i <= 100; i++)
            await producer.ProduceRawAsync(Encoding.UTF8.GetBytes($"{i}"), [1], WireFormat.Unknown, TestContext.Current.CancellationToken);
        await producer.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["100", "34", "67"], started.Order(StringComparer.Ordinal));
    }

    private static ExampleProducer Producer(EmbeddedStream stream, ProducingOptions? options = null) =>
        new(stream.Kafka(), options ?? new ProducingOptions(), TimeProvider.System, NullLogger.Instance);
}
