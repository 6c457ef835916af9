using HnmStreams.Data.Synthetic;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Producing;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Chaos.Soak;

/// <summary>Sends the synthetic images as fast as the service takes them: it stays ahead by a bounded number, so that retention never overtakes the reader.</summary>
internal sealed class FullSpeedProducer : IAsyncDisposable
{
    /// <summary>Unread examples at most: about 50 MB.</summary>
    public const long Ahead = 60_000;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly ExampleProducer _producer;
    private readonly SyntheticStream _stream;
    private long _taken;

    public FullSpeedProducer(string bootstrap, string topic, ulong seed)
    {
        var kafka = new KafkaOptions { BootstrapServers = bootstrap, Topic = topic };
        _producer = new ExampleProducer(kafka, new ProducingOptions(), TimeProvider.System, NullLogger.Instance);
        _stream = new SyntheticStream(new SyntheticOptions { Seed = seed });
    }

    public long Failed => _producer.Failed;

    /// <summary>How far the service has read.</summary>
    public void Note(long taken) => Volatile.Write(ref _taken, taken);

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                if (_stream.Position - Volatile.Read(ref _taken) >= Ahead)
                    await Task.Delay(Look, TimeProvider.System, stop);
                else
                    await _producer.ProduceAsync(_stream.Next().Example, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }
    }

    public ValueTask DisposeAsync() => _producer.DisposeAsync();
}
