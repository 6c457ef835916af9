using System.Globalization;
using System.Text;
using HnmStreams.Benchmarks.Throughput;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Host.Feeding;
using HnmStreams.Kafka.Producing;

namespace HnmStreams.Benchmarks.Latency;

/// <summary>
/// An endless stream of unlabeled events, each followed by its label after a number of events. Values repeat, so that none is encoded while
/// it is sent; ids do not.
/// </summary>
internal sealed class EventSource
{
    private const int DistinctValues = 4_096;

    private readonly (byte[] Event, byte[] Label)[] _values;
    private readonly int _labelDelay;

    /// <param name="labelDelay">The number of events between an event and its label; null if no label comes.</param>
    public EventSource(BenchmarkModel model, int? labelDelay)
    {
        _labelDelay = labelDelay ?? int.MaxValue;
        // Without an id in the value, the key of the record is the id.
        _values =
        [
            .. model.Stream(DistinctValues).Select(e => e with { Id = "" }).Select(e => (
                ExampleEncoder.ToProtobuf(e with { Target = Target.None.Instance }), ExampleEncoder.ToProtobuf(e with { Input = ExampleInput.None.Instance }))),
        ];
    }

    /// <summary>Returns the number of records with this number of events: the events, and the labels that come meanwhile.</summary>
    public long Records(long events) => events + Math.Max(0, events - _labelDelay);

    /// <summary>Sends events and the labels that become due.</summary>
    /// <param name="pacer">Null sends as fast as possible.</param>
    public async Task SendAsync(ExampleProducer producer, long events, RatePacer? pacer, TimeProvider time, CancellationToken cancellation)
    {
        for (var i = 0L; i < events; i++)
        {
            if (pacer?.NextWait() is { } wait && wait > TimeSpan.Zero)
                await Task.Delay(wait, time, cancellation);
            await SendAsync(producer, i, _values[i % DistinctValues].Event, cancellation);
            if (i >= _labelDelay)
                await SendAsync(producer, i - _labelDelay, _values[(i - _labelDelay) % DistinctValues].Label, cancellation);
        }

        await producer.FlushAsync(cancellation);
        if (producer.Failed > 0)
            throw new InvalidOperationException($"{producer.Failed} records could not be sent: {producer.LastError}");
    }

    private static ValueTask SendAsync(ExampleProducer producer, long number, byte[] value, CancellationToken cancellation) =>
        producer.ProduceRawAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"e-{number}")), value, WireFormat.Protobuf, cancellation);
}
