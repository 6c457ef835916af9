using HnmStreams.Kafka.Producing;

namespace HnmStreams.Host.Feeding;

/// <summary>Sends a feed through a producer, at most so fast, at most so many.</summary>
internal static class FeedPump
{
    /// <summary>Sends and flushes. Ends early, and flushes no more, when cancelled.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
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
