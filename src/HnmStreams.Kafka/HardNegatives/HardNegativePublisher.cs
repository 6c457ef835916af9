using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Telemetry;
using HnmStreams.Kafka.Topics;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.HardNegatives;

/// <summary>
/// A publisher of the hard negatives in the pool to a compacted topic, in the format of <see cref="HardNegativeJson"/>.
/// When it starts, it removes the entries of an earlier run that are not in the pool anymore.
/// </summary>
/// <remarks>
/// Thread-safe. Callers never wait for the broker: while it is unreachable, or slower than the pool changes, up to
/// <see cref="KafkaOptions.HardNegativesQueue"/> new entries wait; the rest is dropped and counted.
/// </remarks>
public sealed partial class HardNegativePublisher : IHardNegativeSink, IAsyncDisposable
{
    private const string Client = "hard-negatives";
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FullQueueRetryInterval = TimeSpan.FromMilliseconds(20);

    private readonly KafkaOptions _kafka;
    private readonly string _topic;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly bool _createTopic;
    private readonly IProducer<byte[], byte[]?> _producer;
    private readonly PendingChanges _pending;
    private readonly RateLimitedErrors _errors;
    private readonly ProgressSignal _changed = new();
    private readonly ProgressSignal _settled = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _sending = Task.CompletedTask;

    // The number of messages with the client, plus 1 while the sending loop is active.
    private long _inFlight;
    private long _dropped;
    private int _disposed;

    /// <param name="createTopic">True to create the topic if it does not exist, and to check that it is compacted otherwise. The embedded cluster does not support these requests.</param>
    /// <exception cref="InvalidOperationException">No topic or no broker is set, or the topic is the topic of examples.</exception>
    public HardNegativePublisher(KafkaOptions kafka, TimeProvider time, ILogger logger, bool createTopic = true)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        (_kafka, _time, _logger, _createTopic) = (kafka, time, logger, createTopic);
        _topic = kafka.HardNegativesTopic ?? throw new InvalidOperationException("'kafka.hardNegativesTopic' is not set.");
        if (string.Equals(_topic, kafka.Topic, StringComparison.Ordinal))
            throw new InvalidOperationException($"'kafka.hardNegativesTopic' must differ from 'kafka.topic' but is '{_topic}' as well.");
        _pending = new PendingChanges(kafka.HardNegativesQueue);
        _errors = new RateLimitedErrors(Client, time, logger);
        _producer = new ProducerBuilder<byte[], byte[]?>(ClientSettings.ForHardNegatives(kafka))
            .SetErrorHandler((_, error) => _errors.Report(error.Code.ToString(), error.Reason))
            .SetLogHandler((_, message) => ClientLog.Forward(logger, message))
            .Build();
    }

    /// <summary>The number of new entries that were dropped because the queue was full. The topic does not contain them.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public void Begin(IReadOnlyCollection<HardNegativeEntry> kept)
    {
        _pending.Begin(kept);
        Interlocked.Increment(ref _inFlight);
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

    /// <summary>Waits until the broker has acknowledged all changes so far.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var settled = _settled.Next;
            if (_pending.Count == 0 && Volatile.Read(ref _inFlight) == 0)
                return;
            await settled.WaitAsync(cancellation);
        }
    }

    /// <summary>Drops the changes that still wait. Call <see cref="FlushAsync"/> before.</summary>
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
            // Canceled by this method.
        }

        await Task.Run(_producer.Dispose);
        _stop.Dispose();
    }

    private async Task SendAsync()
    {
        await RemoveStaleEntriesAsync();
        while (true)
        {
            var changed = _changed.Next;
            if (!_pending.TryTake(out var change))
            {
                Settle();
                await changed.WaitAsync(_stop.Token);
                Interlocked.Increment(ref _inFlight);
                continue;
            }

            var message = new Message<byte[], byte[]?> { Key = HardNegativeJson.Key(change.Id, change.Region), Value = change.Entry is { } entry ? HardNegativeJson.Value(entry) : null };
            while (!TryProduce(message))
                await Task.Delay(FullQueueRetryInterval, _time, _stop.Token);
        }
    }

    // Without this, the entries of an earlier run that are not in the pool would stay in the topic forever.
    private async Task RemoveStaleEntriesAsync()
    {
        while (true)
        {
            try
            {
                if (_createTopic && await CompactedTopic.EnsureAsync(_kafka, _topic) is { } problem)
                    LogUnsuitable(_topic, problem);
                _pending.AddPublished(await Task.Run(() => CompactedTopicReader.Read(_kafka, _topic, _stop.Token), _stop.Token));
                return;
            }
            catch (KafkaException e)
            {
                _errors.Report(e.Error.Code.ToString(), e.Error.Reason);
                await Task.Delay(RetryInterval, _time, _stop.Token);
            }
        }
    }

    private bool TryProduce(Message<byte[], byte[]?> message)
    {
        Interlocked.Increment(ref _inFlight);
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
        Interlocked.Decrement(ref _inFlight);
        _settled.Pulse();
    }

    private void Fail(Error error)
    {
        KafkaInstruments.Failed.Add(1, KafkaInstruments.Tag("client", Client));
        _errors.Report(error.Code.ToString(), error.Reason);
    }

    [LoggerMessage(EventId = 140, Level = LogLevel.Warning, Message = "The topic {Topic} of hard negatives is not suitable: {Problem}.")]
    private partial void LogUnsuitable(string topic, string problem);
}
