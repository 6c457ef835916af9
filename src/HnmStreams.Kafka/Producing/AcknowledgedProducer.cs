using Confluent.Kafka;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Producing;

/// <summary>
/// A producer of records that a checkpoint must not pass before they are acknowledged. Delivery is at least once. A record that cannot be
/// delivered is counted in <see cref="Failures"/> and logged.
/// </summary>
/// <remarks>Thread-safe. Producing waits only while the client's own queue is full, that is, after a long outage of the broker.</remarks>
internal sealed class AcknowledgedProducer : IAsyncDisposable
{
    private static readonly TimeSpan FullQueueWait = TimeSpan.FromMilliseconds(50);

    private readonly string _topic;
    private readonly KeyValuePair<string, object?> _clientTag;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly Func<Message<byte[]?, byte[]?>, Message<byte[]?, byte[]?>?>? _shorten;
    private readonly RateLimitedErrors _errors;
    private readonly ProgressSignal _settled = new();
    private long _count;
    private long _delivered;
    private long _failures;
    private int _disposed;

    /// <param name="client">The name of the client in metrics and logs.</param>
    /// <param name="shorten">Returns a shorter form of a message whose size the broker refused, or null if none exists. Null never shortens.</param>
    public AcknowledgedProducer(
        string client, string topic, Dictionary<string, string> settings, TimeProvider time, ILogger logger, Func<Message<byte[]?, byte[]?>, Message<byte[]?, byte[]?>?>? shorten = null)
    {
        (_topic, _shorten, _clientTag) = (topic, shorten, KafkaInstruments.Tag("client", client));
        _errors = new RateLimitedErrors(client, time, logger);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(settings)
            .SetErrorHandler((_, error) => _errors.Report(error.Code.ToString(), error.Reason))
            .SetLogHandler((_, message) => ClientLog.Forward(logger, message))
            .Build();
    }

    /// <summary>The number of records produced, delivered or not.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>The number of records that the broker acknowledged.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>The number of records that could not be queued or delivered.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>The newest error, or null.</summary>
    public ClientError? LastError => _errors.Last;

    /// <summary>The newest error as text.</summary>
    public string Reason => LastError is { } error ? $"{error.Code}: {error.Text}" : "unknown";

    /// <summary>Queues a record. Blocks while the client's queue is full.</summary>
    public void Produce(Message<byte[]?, byte[]?> message)
    {
        Interlocked.Increment(ref _count);
        ProduceOrWait(message);
    }

    /// <summary>Waits until all records produced so far are delivered.</summary>
    /// <returns>False if a record could not be delivered.</returns>
    public async Task<bool> FlushAsync(CancellationToken cancellationToken)
    {
        var written = Count;
        await Task.Run(() => _producer.Flush(cancellationToken), cancellationToken);
        while (true)
        {
            var settled = _settled.Next;
            if (Failures > 0)
                return false;
            if (Delivered >= written)
                return true;
            await settled.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Drops the records that are still in flight. Call <see cref="FlushAsync"/> before.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await Task.Run(_producer.Dispose);
    }

    private void ProduceOrWait(Message<byte[]?, byte[]?> message)
    {
        while (Volatile.Read(ref _disposed) == 0 && !TryProduce(message))
        {
            // The broker has been unreachable for long. The stream waits, so that no record is lost.
            _producer.Flush(FullQueueWait);
        }
    }

    private bool TryProduce(Message<byte[]?, byte[]?> message)
    {
        try
        {
            _producer.Produce(_topic, message, report => OnReport(message, report));
            return true;
        }
        catch (ProduceException<byte[]?, byte[]?> e)
        {
            if (e.Error.Code == ErrorCode.Local_QueueFull)
                return false;
            if (e.Error.Code == ErrorCode.MsgSizeTooLarge && _shorten?.Invoke(message) is { } shorter)
                return TryProduce(shorter);
            Fail(e.Error);
            return true;
        }
    }

    private void OnReport(Message<byte[]?, byte[]?> message, DeliveryReport<byte[]?, byte[]?> report)
    {
        if (report.Error.Code == ErrorCode.MsgSizeTooLarge && _shorten?.Invoke(message) is { } shorter)
        {
            // This is librdkafka's thread, on which nothing may wait for the queue.
            _ = Task.Run(() => ProduceOrWait(shorter));
            return;
        }

        if (report.Error.IsError)
        {
            Fail(report.Error);
            return;
        }

        Interlocked.Increment(ref _delivered);
        KafkaInstruments.Delivered.Add(1, _clientTag);
        _settled.Pulse();
    }

    private void Fail(Error error)
    {
        Interlocked.Increment(ref _failures);
        KafkaInstruments.Failed.Add(1, _clientTag);
        _errors.Report(error.Code.ToString(), error.Reason);
        _settled.Pulse();
    }
}
