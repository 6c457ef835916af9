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
    private readonly WireFormat _format;

    /// <param name="rowsPerRecord">Examples per record, as Arrow batches; null is one example per record, as protobuf.</param>
    public BenchmarkStream(BenchmarkModel model, int count, int? rowsPerRecord = null)
    {
        (Count, _format) = (count, rowsPerRecord is null ? WireFormat.Protobuf : WireFormat.Arrow);
        Rows = new RowBuffer(count, count * 128);
        foreach (var examples in model.Stream(count).Chunk(rowsPerRecord ?? 1))
        {
            _records.Add((Encoding.UTF8.GetBytes(examples[0].Id), rowsPerRecord is null ? ExampleEncoder.ToProtobuf(examples[0]) : ExampleEncoder.ToArrow(examples)));
            foreach (var example in examples)
            {
                if (model.Task.Encode(example, Rows) is { } rejection)
                    throw new InvalidOperationException($"The task rejected the benchmark's example '{example.Id}': {rejection.Detail}");
            }
        }
    }

    public RowBuffer Rows { get; }

    /// <summary>The number of examples.</summary>
    public int Count { get; }

    public int Records => _records.Count;

    /// <summary>Sends all records and waits until they are delivered.</summary>
    public async Task ProduceAsync(ExampleProducer producer, CancellationToken cancellation = default)
    {
        foreach (var (key, value) in _records)
            await producer.ProduceRawAsync(key, value, _format, cancellation);
        await producer.FlushAsync(cancellation);
        if (producer.Failed > 0)
            throw new InvalidOperationException($"{producer.Failed} of {Records} records could not be sent: {producer.LastError}");
    }

    public void Dispose() => Rows.Dispose();
}
