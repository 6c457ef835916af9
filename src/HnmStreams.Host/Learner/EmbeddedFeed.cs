using HnmStreams.Configuration.Sections;
using HnmStreams.Host.Feeding;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Kafka.Producing;

namespace HnmStreams.Host.Learner;

/// <summary>The built-in producer of an embedded cluster. It sends through Kafka like any other producer, and stays close to the consumer's position.</summary>
internal sealed class EmbeddedFeed : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    private readonly ExampleProducer _producer;
    private readonly RecordConsumer _consumer;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();

    private EmbeddedFeed(ExampleProducer producer, RecordConsumer consumer, TimeProvider time) =>
        (_producer, _consumer, _time) = (producer, consumer, time);

    /// <summary>Completes when everything was sent and read. Canceled by <see cref="StopAsync"/>.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public static EmbeddedFeed Start(
        ExampleFeed feed, RunCluster cluster, RecordConsumer consumer, HnmOptions options, TimeProvider time, ILogger logger)
    {
        var gate = new FeedGate(cluster.Kafka.Topic, consumer, options.Embedded.FeedBytesPerPartition);
        var producer = new ExampleProducer(cluster.Kafka, options.Producing, time, logger, gate, options.Telemetry.TraceShare);
        var embedded = new EmbeddedFeed(producer, consumer, time);
        embedded.Completion = Task.Run(() => embedded.RunAsync(feed, options.Data.Rate));
        return embedded;
    }

    /// <summary>Stops sending.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await ((Task)Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _producer.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync(ExampleFeed feed, double? rate)
    {
        await FeedPump.RunAsync(feed.Examples, _producer, rate, null, _time, _stop.Token);
        while (true)
        {
            var advance = _consumer.NextAdvance;
            var status = _consumer.Status;
            if (status.Records + status.OffsetGaps >= _producer.Delivered)
                return;
            await Task.WhenAny(advance, Task.Delay(PollInterval, _time, _stop.Token));
            _stop.Token.ThrowIfCancellationRequested();
        }
    }
}
