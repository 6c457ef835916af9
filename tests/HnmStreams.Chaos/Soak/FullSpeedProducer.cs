using HnmStreams.Data.Synthetic;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Producing;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Chaos.Soak;

/// <summary>A producer that sends the synthetic images as fast as the service reads them. Its lead is bounded, so that retention never deletes unread records.</summary>
internal sealed class FullSpeedProducer : IAsyncDisposable
{
    /// <summary>The maximum number of unread examples, about 50 MB.</summary>
    public const long MaxLead = 60_000;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly ExampleProducer _producer;
    private readonly SyntheticStream _stream;
    private long _read;

    public FullSpeedProducer(string bootstrap, string topic, ulong seed)
    {
        var kafka = new KafkaOptions { BootstrapServers = bootstrap, Topic = topic };
        _producer = new ExampleProducer(kafka, new ProducingOptions(), TimeProvider.System, NullLogger.Instance);
        _stream = new SyntheticStream(new SyntheticOptions { Seed = seed });
    }

    public long Failed => _producer.Failed;

    /// <summary>Reports the number of examples that the service has read.</summary>
    public void ReportRead(long count) => Volatile.Write(ref _read, count);

    /// <summary>Sends until <paramref name="stop"/> is canceled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                if (_stream.Position - Volatile.Read(ref _read) >= MaxLead)
                    await Task.Delay(PollInterval, TimeProvider.System, stop);
                else
                    await _producer.ProduceAsync(_stream.Next().Example, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    public ValueTask DisposeAsync() => _producer.DisposeAsync();
}
