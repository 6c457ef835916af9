using System.Text;
using HnmStreams.Data.Records;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Producing;

namespace HnmStreams.Host.Bench;

/// <summary>
/// One stream in both forms: encoded for Kafka, and as rows for the bare loop. Drawn once, so that drawing it is in
/// nobody's time.
/// </summary>
internal sealed class BenchStream : IDisposable
{
    private readonly List<(byte[] Key, byte[] Value)> _records = [];

    public BenchStream(BenchModel model, int count)
    {
        Rows = new RowBuffer(count, count * 128);
        foreach (var example in model.Stream(count))
        {
            _records.Add((Encoding.UTF8.GetBytes(example.Id), ExampleEncoder.ToProtobuf(example)));
            if (model.Task.Encode(example, Rows) is { } refusal)
                throw new InvalidOperationException($"The benchmark's own example {example.Id} was refused: {refusal.Detail}");
        }
    }

    public RowBuffer Rows { get; }

    public int Count => _records.Count;

    /// <summary>Sends all and waits until all are delivered.</summary>
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
