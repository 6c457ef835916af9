using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Tests.Brokers;

namespace HnmStreams.Kafka.Tests.Consuming.Chunks;

public sealed class CapturedHeadersTests
{
    [Fact(Timeout = 60_000)]
    public async Task Headers_of_cloud_events_travel_with_the_chunk_up_to_a_size()
    {
        using var stream = new EmbeddedStream();
        await stream.WriteAsync([1], [1], headers: [Header("ce_id", "e-1"), Header("other", "x"), Header("content-type", "text/plain"), Header("ce_id", "e-2")]);
        await stream.WriteAsync([2], [2], headers: [Header("other", "x")]);
        await stream.WriteAsync([3], [3], headers: [Header("ce_id", new string('x', CapturedHeaders.MaxBytes))]);
        await using var consumer = stream.Consumer();
        consumer.Start();
        var records = 0;
        while (records < 3)
        {
            using var chunk = await consumer.Chunks.ReadAsync(TestContext.Current.CancellationToken);
            foreach (var record in chunk.Records)
                Check(chunk, record, records++);
        }
    }

    private static void Check(RecordChunk chunk, RawRecord record, int number)
    {
        Assert.Equal(number == 2, record.Headers.IsNull);
        var captured = new CapturedHeaders(chunk.Read(record.Headers).Span);
        var names = new List<string>();
        for (var at = 0; captured.TryNext(ref at, out var name, out _);)
            names.Add(Encoding.UTF8.GetString(name));
        Assert.Equal(number == 0 ? ["ce_id", "content-type", "ce_id"] : [], names);
        Assert.Equal(number == 0 ? "e-2" : "", Encoding.UTF8.GetString(captured.Last("ce_id"u8)));
    }

    private static Header Header(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));
}
