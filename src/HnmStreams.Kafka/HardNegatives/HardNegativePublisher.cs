using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Telemetry;
using HnmStreams.Kafka.Topics;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.HardNegatives;

/// <summary>
/// Tells others what the learner keeps as hard negatives: a compacted topic, whose form is <see cref="HardNegativeJson"/>.
/// When a learner starts, what an earlier one has left there and what is kept no longer is taken back.
/// </summary>
/// <remarks>
/// Thread-safe. Nobody waits for the broker: while it is away, or slower than the pool changes, up to
/// <see cref="KafkaOptions.HardNegativesQueue"/> new ones wait here and the rest is dropped and counted.
/// </remarks>
public sealed partial class HardNegativePublisher : IHardNegativeSink, IAsyncDisposable
{
    private const string Client = "hard-negatives";
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FullQueueLook = TimeSpan.FromMilliseconds(20);

    private readonly KafkaOptions _kafka;
    private readonly string _topic;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly bool _makeTopic;
    private readonly IProducer<byte[], byte[]?> _producer;
    private readonly PendingChanges _pending;
    private readonly RateLimitedErrors _errors;
    private readonly ProgressSignal _changed = new();
    private readonly ProgressSignal _settled = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _sending = Task.CompletedTask;

    // Messages with the client, and the sending loop itself while it is awake.
    private long _underWay;
    private long _dropped;
    private int _disposed;

    /// <param name="makeTopic">Makes the topic where it is missing, and looks whether it is compacted; the embedded cluster knows no such requests.</param>
    /// <exception cref="InvalidOperationException">No topic or no broker is named.</exception>
    public HardNegativePublisher(KafkaOptions kafka, TimeProvider time, ILogger logger, bool makeTopic = true)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        (_kafka, _time, _logger, _makeTopic) = (kafka, time, logger, makeTopic);
        _topic = kafka.HardNegativesTopic ?? throw new InvalidOperationException("Kafka:HardNegativesTopic is not set.");
        if (string.Equals(_topic, kafka.Topic, StringComparison.Ordinal))
            throw new InvalidOperationException($"Kafka:HardNegativesTopic is '{_topic}', the topic of examples; it needs a topic of its own.");
        _pending = new PendingChanges(kafka.HardNegativesQueue);
        _errors = new RateLimitedErrors(Client, time, logger);
        _producer = new ProducerBuilder<byte[], byte[]?>(ClientSettings.ForHardNegatives(kafka))
            .SetErrorHandler((_, error) => _errors.Report(error.Code.ToString(), error.Reason))
            .SetLogHandler((_, message) => ClientLog.Forward(logger, message))
            .Build();
    }

    /// <summary>New ones for which there was no room; the topic does not show them.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public void Begin(IReadOnlyCollection<HardNegativeEntry> kept)
    {
        _pending.Begin(kept);
        Interlocked.Increment(ref _underWay);
        _sending = Task.Run(SendAsync);
    }

    public void Enter(HardNegativeEntry entry)
    {
        if (_pending.TryEnter(entry))
        {
            _changed.Pulse();
            return;
        }

        Interlocked.Increment(ref _dropped);
        KafkaInstruments.HardNegativesDropped.Add(1);
    }

    public void Leave(string id, int region)
    {
        _pending.Leave(id, region);
        _changed.Pulse();
    }

    /// <summary>Waits until all that was told so far is with the broker.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var settled = _settled.Next;
            if (_pending.Count == 0 && Volatile.Read(ref _underWay) == 0)
                return;
            await settled.WaitAsync(cancellation);
        }
    }

    /// <summary>Drops what still waits; flush before.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _stop.CancelAsync();
        try
        {
            await _sending;
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }

        await Task.Run(_producer.Dispose);
        _stop.Dispose();
    }

    private async Task SendAsync()
    {
        await TakeBackAsync();
        while (true)
        {
            var changed = _changed.Next;
            if (!_pending.TryTake(out var change))
            {
                Settle();
                await changed.WaitAsync(_stop.Token);
                Interlocked.Increment(ref _underWay);
                continue;
            }

            var message = new Message<byte[], byte[]?> { Key = HardNegativeJson.Key(change.Id, change.Unit), Value = change.Entry is { } entry ? HardNegativeJson.Value(entry) : null };
            while (!TryProduce(message))
                await Task.Delay(FullQueueLook, _time, _stop.Token);
        }
    }

    // What is in the topic and not in the pool would stay there for ever.
    private async Task TakeBackAsync()
    {
        while (true)
        {
            try
            {
                if (_makeTopic && await CompactedTopic.EnsureAsync(_kafka, _topic) is { } complaint)
                    LogUnfit(_topic, complaint);
                _pending.WasSaid(await Task.Run(() => CompactedTopicReader.Read(_kafka, _topic, _stop.Token), _stop.Token));
                return;
            }
            catch (KafkaException e)
            {
                _errors.Report(e.Error.Code.ToString(), e.Error.Reason);
                await Task.Delay(Again, _time, _stop.Token);
            }
        }
    }

    private bool TryProduce(Message<byte[], byte[]?> message)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            _producer.Produce(_topic, message, OnReport);
            return true;
        }
        catch (ProduceException<byte[], byte[]?> e)
        {
            Settle();
            if (e.Error.Code == ErrorCode.Local_QueueFull)
                return false;
            Fail(e.Error);
            return true;
        }
    }

    private void OnReport(DeliveryReport<byte[], byte[]?> report)
    {
        if (report.Error.IsError)
            Fail(report.Error);
        else
            Count(report.Message.Value is null ? "left" : "entered");
        Settle();
    }

    private static void Count(string change)
    {
        KafkaInstruments.Delivered.Add(1, KafkaInstruments.Tag("client", Client));
        KafkaInstruments.HardNegatives.Add(1, KafkaInstruments.Tag("change", change));
    }

    private void Settle()
    {
        Interlocked.Decrement(ref _underWay);
        _settled.Pulse();
    }

    private void Fail(Error error)
    {
        KafkaInstruments.Failed.Add(1, KafkaInstruments.Tag("client", Client));
        _errors.Report(error.Code.ToString(), error.Reason);
    }

    [LoggerMessage(EventId = 120, Level = LogLevel.Warning, Message = "The topic {Topic} of hard negatives is not as it should be: {Complaint}")]
    private partial void LogUnfit(string topic, string complaint);
}
