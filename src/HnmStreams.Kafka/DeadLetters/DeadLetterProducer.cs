using System.Globalization;
using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Producing;
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

    private readonly string _topic;
    private readonly AcknowledgedProducer _producer;
    private long _shortened;

    /// <param name="maxRecordBytes">The maximum size of a key and of a value. A dead letter with a larger one is shortened.</param>
    /// <exception cref="InvalidOperationException">A setting is not allowed, or no broker is set.</exception>
    public DeadLetterProducer(KafkaOptions kafka, int maxRecordBytes, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        _topic = kafka.DeadLetterTopicOrDefault;
        _producer = new AcknowledgedProducer("dead-letters", _topic, ClientSettings.ForDeadLetters(kafka, maxRecordBytes), time, logger, Shorten);
    }

    /// <summary>The number of dead letters written, delivered or not.</summary>
    public long Count => _producer.Count;

    /// <summary>The number of dead letters that the broker acknowledged.</summary>
    public long Delivered => _producer.Delivered;

    /// <summary>The number of dead letters that could not be queued or delivered.</summary>
    public long Failures => _producer.Failures;

    /// <summary>The number of dead letters without their value or key, because the broker or the topic refused their size.</summary>
    public long Shortened => Volatile.Read(ref _shortened);

    /// <summary>The newest error, or null.</summary>
    public ClientError? LastError => _producer.LastError;

    /// <summary>Queues a dead letter. Blocks while the client's queue is full.</summary>
    public void Write(DeadLetter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
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
        _producer.Produce(new Message<byte[]?, byte[]?> { Key = letter.Key, Value = letter.Value, Headers = headers });
    }

    /// <summary>Waits until all dead letters written so far are delivered.</summary>
    /// <exception cref="DeadLetterException">A dead letter could not be delivered.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (!await _producer.FlushAsync(cancellationToken))
            throw new DeadLetterException(Failures, _topic, _producer.Reason);
    }

    /// <summary>Drops the dead letters that are still in flight. Call <see cref="FlushAsync"/> before.</summary>
    public ValueTask DisposeAsync() => _producer.DisposeAsync();

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
}
