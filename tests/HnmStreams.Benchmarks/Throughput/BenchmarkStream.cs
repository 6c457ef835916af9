using System.Text;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Producing;

namespace HnmStreams.Benchmarks.Throughput;

/// <summary>
/// One stream in two forms: encoded for Kafka, and as rows for the bare loop. It is generated once, before any
/// measurement.
/// </summary>
internal sealed class BenchmarkStream : IDisposable
{
    private readonly List<(byte[] Key, byte[] Value)> _records = [];

    public BenchmarkStream(BenchmarkModel model, int count)
    {
        Rows = new RowBuffer(count, count * 128);
        foreach (var example in model.Stream(count))
        {
            _records.Add((Encoding.UTF8.GetBytes(example.Id), ExampleEncoder.ToProtobuf(example)));
            if (model.Task.Encode(example, Rows) is { } refusal)
                throw new InvalidOperationException($"The task refused the benchmark's example '{example.Id}': {refusal.Detail}");
        }
    }

    public RowBuffer Rows { get; }

    public int Count => _records.Count;

    /// <summary>Sends all records and waits until they are delivered.</summary>
    public async Task ProduceAsync(ExampleProducer producer, CancellationToken cancellation = default)
    {
        foreach (var (key, value) in _records)
            await producer.ProduceRawAsync(key, value, WireFormat.Protobuf, cancellation);
        await producer.FlushAsync(cancellation);
        if (producer.Failed > 0)
            throw new InvalidOperationException($"{producer.Failed} of {Count} records could not be sent: {producer.LastError}");
    }

    public void Dispose() => Rows.Dispose();
}
