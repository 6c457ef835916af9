using System.Globalization;
using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.DeadLetters;

/// <summary>
/// A producer of dead letters: the original key and value of a record that could not be decoded, with the reason and the
/// origin in headers. Delivery is at least once; the origin identifies duplicates.
/// </summary>
/// <remarks>
/// Thread-safe. Writing waits only while the client's own queue is full, that is, after a long outage of the broker. A dead
/// letter that cannot be delivered is counted in <see cref="Failures"/> and logged. The topic has to exist unless the broker
/// creates topics automatically.
/// </remarks>
public sealed class DeadLetterProducer : IDeadLetterSink, IAsyncDisposable
{
    /// <summary>The header with the short code, <see cref="DeadLetter.Reason"/>.</summary>
    public const string ReasonHeader = "hnm-reason";

    /// <summary>The header with the explanation, <see cref="DeadLetter.Detail"/>.</summary>
    public const string DetailHeader = "hnm-detail";

    /// <summary>The header with the topic of origin.</summary>
    public const string TopicHeader = "hnm-topic";

    /// <summary>The header with the partition of origin, in decimal.</summary>
    public const string PartitionHeader = "hnm-partition";

    /// <summary>The header with the offset of origin, in decimal.</summary>
    public const string OffsetHeader = "hnm-offset";

    /// <summary>The header with the last offset of origin, in decimal. It is set only if the dead letter stands for several offsets.</summary>
    public const string LastOffsetHeader = "hnm-last-offset";

    /// <summary>The header with the index of the row, in decimal. It is set only if the record carries many examples and only this row was refused.</summary>
    public const string RowHeader = "hnm-row";

    /// <summary>The header with the size of the value in bytes, in decimal. It is set only if the value was left out because the broker or the topic refused its size.</summary>
    public const string ValueSizeHeader = "hnm-value-size";

    /// <summary>The header with the size of the key in bytes, in decimal. It is set only if the key was left out as well.</summary>
    public const string KeySizeHeader = "hnm-key-size";

    /// <summary>The maximum number of characters in <see cref="DetailHeader"/>.</summary>
    public const int MaxDetailLength = 4_096;

    private static readonly KeyValuePair<string, object?> ClientTag = KafkaInstruments.Tag("client", "dead-letters");

    private static readonly TimeSpan FullQueueWait = TimeSpan.FromMilliseconds(50);

    private readonly string _topic;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly RateLimitedErrors _errors;
    private readonly ProgressSignal _settled = new();
    private long _count;
    private long _delivered;
    private long _failures;
    private long _shortened;
    private int _disposed;

    /// <param name="maxRecordBytes">The maximum size of a key and of a value. A dead letter with a larger one is shortened.</param>
    /// <exception cref="InvalidOperationException">A setting is not allowed, or no broker is set.</exception>
    public DeadLetterProducer(KafkaOptions kafka, int maxRecordBytes, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        _topic = kafka.DeadLetterTopicOrDefault;
        _errors = new RateLimitedErrors("dead-letters", time, logger);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.ForDeadLetters(kafka, maxRecordBytes))
            .SetErrorHandler((_, error) => _errors.Report(error.Code.ToString(), error.Reason))
            .SetLogHandler((_, message) => ClientLog.Forward(logger, message))
            .Build();
    }

    /// <summary>The number of dead letters written, delivered or not.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>The number of dead letters that the broker acknowledged.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>The number of dead letters that could not be queued or delivered.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>The number of dead letters without their value or key, because the broker or the topic refused their size.</summary>
    public long Shortened => Volatile.Read(ref _shortened);

    /// <summary>The newest error, or null.</summary>
    public ClientError? LastError => _errors.Last;

    /// <summary>Queues a dead letter. Blocks while the client's queue is full.</summary>
    public void Write(DeadLetter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        Interlocked.Increment(ref _count);
        KafkaInstruments.DeadLetters.Add(1, KafkaInstruments.Tag("reason", letter.Reason));
        Headers headers =
        [
            Text(ReasonHeader, letter.Reason),
            Text(DetailHeader, letter.Detail.Length <= MaxDetailLength ? letter.Detail : letter.Detail[..MaxDetailLength]),
            Text(TopicHeader, letter.Origin.Topic),
            Text(PartitionHeader, letter.Origin.Partition.ToString(CultureInfo.InvariantCulture)),
            Text(OffsetHeader, letter.Origin.Offset.ToString(CultureInfo.InvariantCulture)),
        ];
        var captured = new CapturedHeaders(letter.Headers.Span);
        for (var at = 0; captured.TryNext(ref at, out var name, out var value);)
            headers.Add(new Header(Encoding.UTF8.GetString(name), value.ToArray()));
        if (letter.LastOffset is { } last)
            headers.Add(Text(LastOffsetHeader, last.ToString(CultureInfo.InvariantCulture)));
        if (letter.Row is { } row)
            headers.Add(Text(RowHeader, row.ToString(CultureInfo.InvariantCulture)));
        ProduceOrWait(new Message<byte[]?, byte[]?> { Key = letter.Key, Value = letter.Value, Headers = headers });
    }

    private void ProduceOrWait(Message<byte[]?, byte[]?> message)
    {
        while (Volatile.Read(ref _disposed) == 0 && !TryProduce(message))
        {
            // The broker has been unreachable for long. The stream waits, so that no dead letter is lost.
            _producer.Flush(FullQueueWait);
        }
    }

    /// <summary>Waits until all dead letters written so far are delivered.</summary>
    /// <exception cref="DeadLetterException">A dead letter could not be delivered.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var written = Count;
        await Task.Run(() => _producer.Flush(cancellationToken), cancellationToken);
        while (true)
        {
            var settled = _settled.Next;
            if (Failures > 0)
                throw new DeadLetterException(Failures, _topic, LastError is { } error ? $"{error.Code}: {error.Text}" : "unknown");
            if (Delivered >= written)
                return;
            await settled.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Drops the dead letters that are still in flight. Call <see cref="FlushAsync"/> before.</summary>
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
            _producer.Produce(_topic, message, report => OnReport(message, report));
            return true;
        }
        catch (ProduceException<byte[]?, byte[]?> e)
        {
            if (e.Error.Code == ErrorCode.Local_QueueFull)
                return false;
            if (e.Error.Code == ErrorCode.MsgSizeTooLarge && Shorten(message) is { } shorter)
                return TryProduce(shorter);
            Fail(e.Error);
            return true;
        }
    }

    private static Header Text(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));

    /// <summary>Returns the message without its value, or without its key if it has no value; null if it has neither.</summary>
    private Message<byte[]?, byte[]?>? Shorten(Message<byte[]?, byte[]?> message)
    {
        var (value, key) = (message.Value, message.Key);
        if (value is null && key is null)
            return null;
        if (!message.Headers.TryGetLastBytes(ValueSizeHeader, out _))
        {
            Interlocked.Increment(ref _shortened);
            KafkaInstruments.DeadLettersShortened.Add(1);
        }

        message.Headers.Add(value is not null ? Text(ValueSizeHeader, Size(value)) : Text(KeySizeHeader, Size(key!)));
        return new Message<byte[]?, byte[]?> { Key = value is not null ? key : null, Headers = message.Headers };

        static string Size(byte[] bytes) => bytes.Length.ToString(CultureInfo.InvariantCulture);
    }

    private void OnReport(Message<byte[]?, byte[]?> message, DeliveryReport<byte[]?, byte[]?> report)
    {
        if (report.Error.Code == ErrorCode.MsgSizeTooLarge && Shorten(message) is { } shorter)
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
