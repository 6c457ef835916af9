using HnmStreams.Kafka.Producing;

namespace HnmStreams.Host.Feeding;

/// <summary>A pump from a feed to a producer, with optional limits on the rate and the number of examples.</summary>
internal static class FeedPump
{
    /// <summary>Sends the examples and flushes the producer. If canceled, it ends early and does not flush.</summary>
    /// <param name="rate">The maximum number of examples per second; null is unlimited.</param>
    /// <param name="limit">The maximum number of examples; null is unlimited.</param>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public static async Task RunAsync(
        IEnumerable<SentExample> examples, ExampleProducer producer, double? rate, long? limit, TimeProvider time, CancellationToken cancellation)
    {
        var pacer = rate is { } perSecond ? new RatePacer(perSecond, time) : null;
        var sent = 0L;
        foreach (var example in examples)
        {
            if (sent == limit)
                break;
            cancellation.ThrowIfCancellationRequested();
            if (pacer?.NextWait() is { } wait && wait > TimeSpan.Zero)
                await Task.Delay(wait, time, cancellation);
            await producer.ProduceAsync(example.Example, example.Truth, cancellation);
            sent++;
        }

        await producer.FlushAsync(cancellation);
    }
}
