using System.Text;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Producing;

namespace HnmStreams.Host.Mine;

/// <summary>A Kafka topic, one record per row, with the anchor's id as key and JSON as value.</summary>
internal sealed class TopicSink(ExampleProducer producer, string topic, IReadOnlyList<NegativeColumn> columns) : INegativesSink
{
    private readonly int _id = columns.Select(c => c.Name).ToList().IndexOf("anchor_id");

    public ValueTask WriteAsync(object[] row, CancellationToken cancellation) =>
        producer.ProduceRawAsync(Encoding.UTF8.GetBytes((string)row[_id]), JsonRow.Of(columns, row), WireFormat.Json, cancellation);

    /// <summary>Waits until all rows are delivered.</summary>
    /// <exception cref="InvalidOperationException">A row was not delivered.</exception>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        await producer.FlushAsync(cancellation);
        if (producer.Failed > 0)
            throw new InvalidOperationException($"{producer.Failed} of {producer.Produced} rows were not delivered to {topic}" + (producer.LastError is { } error ? $": {error.Code}: {error.Text}" : "."));
    }

    public ValueTask DisposeAsync() => producer.DisposeAsync();
}
