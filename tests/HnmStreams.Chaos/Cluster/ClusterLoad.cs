namespace HnmStreams.Chaos.Cluster;

/// <summary>The records that arrive while events take place: at first as many as each event has of the stream, then a few, so that every partition always has some.</summary>
/// <param name="examples">The number of examples of the run.</param>
/// <param name="events">The number of events.</param>
internal sealed class ClusterLoad(NumberedProducer producer, int examples, int events)
{
    public const int MaxPerSecond = 2_000;
    private const int FewPerSecond = 40;
    private const double SecondsPerEvent = 3;

    /// <summary>Sends examples until an event has taken place.</summary>
    /// <param name="upTo">The number of examples from which few are sent.</param>
    public async Task SendDuringAsync(Task work, int upTo, CancellationToken cancellation)
    {
        var perSecond = Math.Clamp((int)(examples / (SecondsPerEvent * Math.Max(1, events))), FewPerSecond, MaxPerSecond);
        while (!work.IsCompleted && producer.Sent < examples)
        {
            var rate = producer.Sent < upTo ? perSecond : FewPerSecond;
            await producer.SendUpToAsync(Math.Min(examples, producer.Sent + Math.Max(1, rate / 10)), rate, cancellation);
        }

        await work;
    }
}
