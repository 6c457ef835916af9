using System.Globalization;
using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.DeadLetters;

/// <summary>
/// Writes records that could not be decoded to the dead-letter topic: original key and value, and in headers why and
/// from where. At least once; the origin in the headers tells repeats.
/// </summary>
/// <remarks>
/// Thread-safe; writing waits only where the client's own queue is full, since the broker has been away for long. What is
/// refused for good is counted in <see cref="Failures"/> and logged. The topic has to be there where the broker makes none by itself.
/// </remarks>
public sealed class DeadLetterProducer : IDeadLetterSink, IAsyncDisposable
{
    /// <summary>Header: the short code of <see cref="DeadLetter.Reason"/>.</summary>
    public const string ReasonHeader = "hnm-reason";

    /// <summary>Header: the sentence of <see cref="DeadLetter.Detail"/>.</summary>
    public const string DetailHeader = "hnm-detail";

    /// <summary>Header: the topic of origin.</summary>
    public const string TopicHeader = "hnm-topic";

    /// <summary>Header: the partition of origin, in decimal.</summary>
    public const string PartitionHeader = "hnm-partition";

    /// <summary>Header: the offset of origin, in decimal.</summary>
    public const string OffsetHeader = "hnm-offset";

    private static readonly KeyValuePair<string, object?> ClientTag = KafkaInstruments.Tag("client", "dead-letters");

    private static readonly TimeSpan FullQueueLook = TimeSpan.FromMilliseconds(50);

    private readonly string _topic;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly RateLimitedErrors _errors;
    private readonly ProgressSignal _settled = new();
    private long _count;
    private long _delivered;
    private long _failures;
    private int _disposed;

    /// <exception cref="InvalidOperationException">A setting is not allowed, or no broker is named.</exception>
    public DeadLetterProducer(KafkaOptions kafka, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        _topic = kafka.DeadLetterTopicOrDefault;
        _errors = new RateLimitedErrors("dead-letters", time, logger);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.ForDeadLetters(kafka))
            .SetErrorHandler((_, error) => _errors.Report(error.Code.ToString(), error.Reason))
            .SetLogHandler((_, message) => ClientLog.Forward(logger, message))
            .Build();
    }

    /// <summary>Letters written, whatever became of them.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Letters that the broker has acknowledged.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>Letters that could not be queued or delivered.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>The newest error, or null.</summary>
    public ClientError? LastError => _errors.Last;

    public void Write(DeadLetter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        Interlocked.Increment(ref _count);
        KafkaInstruments.DeadLetters.Add(1, KafkaInstruments.Tag("reason", letter.Reason));
        Headers headers =
        [
            Text(ReasonHeader, letter.Reason),
            Text(DetailHeader, letter.Detail),
            Text(TopicHeader, letter.Origin.Topic),
            Text(PartitionHeader, letter.Origin.Partition.ToString(CultureInfo.InvariantCulture)),
            Text(OffsetHeader, letter.Origin.Offset.ToString(CultureInfo.InvariantCulture)),
        ];
        while (!TryProduce(new Message<byte[]?, byte[]?> { Key = letter.Key, Value = letter.Value, Headers = headers }))
        {
            // The broker has been away for long: the stream waits with it, rather than lose what cannot be decoded.
            _producer.Flush(FullQueueLook);
            if (Volatile.Read(ref _disposed) != 0)
                return;
        }
    }

    /// <summary>Waits until each letter written so far was delivered.</summary>
    /// <exception cref="DeadLetterException">One was refused for good.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var asked = Count;
        await Task.Run(() => _producer.Flush(cancellationToken), cancellationToken);
        while (true)
        {
            var settled = _settled.Next;
            if (Failures > 0)
                throw new DeadLetterException(Failures, _topic, LastError is { } error ? $"{error.Code}: {error.Text}" : "unknown");
            if (Delivered >= asked)
                return;
            await settled.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Drops what is still under way; flush before.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await Task.Run(_producer.Dispose);
    }

    private bool TryProduce(Message<byte[]?, byte[]?> message)
    {
        try
        {
            _producer.Produce(_topic, message, OnReport);
            return true;
        }
        catch (ProduceException<byte[]?, byte[]?> e)
        {
            if (e.Error.Code == ErrorCode.Local_QueueFull)
                return false;
            Fail(e.Error);
            return true;
        }
    }

    private static Header Text(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));

    private void OnReport(DeliveryReport<byte[]?, byte[]?> report)
    {
        if (report.Error.IsError)
        {
            Fail(report.Error);
            return;
        }

        Interlocked.Increment(ref _delivered);
        KafkaInstruments.Delivered.Add(1, ClientTag);
        _settled.Pulse();
    }

    private void Fail(Error error)
    {
        Interlocked.Increment(ref _failures);
        KafkaInstruments.Failed.Add(1, ClientTag);
        _errors.Report(error.Code.ToString(), error.Reason);
        _settled.Pulse();
    }
}
