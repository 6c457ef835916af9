using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Producing;

/// <summary>
/// A producer of examples. The key of a record is the example's id, the value its protobuf encoding, and a header names the format.
/// </summary>
/// <remarks>
/// Thread-safe. Producing completes at once while fewer records are in flight than allowed; otherwise it awaits deliveries.
/// A record that cannot be delivered is counted and reported, not thrown, because the call that produced it has already returned.
/// </remarks>
public sealed class ExampleProducer : IAsyncDisposable
{
    private static readonly KeyValuePair<string, object?> ClientTag = KafkaInstruments.Tag("client", "examples");

    // Shared: the client copies headers into its own memory and does not change these.
    private static readonly Headers Protobuf = [new Header(WireHeaders.Format, "protobuf"u8.ToArray())];
    private static readonly Headers Json = [new Header(WireHeaders.Format, "json"u8.ToArray())];
    private static readonly Headers Arrow = [new Header(WireHeaders.Format, "arrow"u8.ToArray())];
    private static readonly Headers Unnamed = [];

    // Updating a counter costs as much as the rest of a delivery report, so it is updated once per batch and when no record is in flight.
    private const long DeliveriesPerUpdate = 256;

    private readonly TopicPartition _anyPartition;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly DeliveryWindow _window;
    private readonly FeedGate? _gate;
    private readonly RateLimitedErrors _errors;
    private readonly Action<DeliveryReport<byte[]?, byte[]?>> _onReport;
    private readonly double _traceShare;
    private long _offered;
    private long _produced;
    private long _delivered;
    private long _failed;

    // Used only on the client's own thread, which makes all delivery reports.
    private long _reported;
    private int _disposed;

    /// <param name="gate">A limit on the unread bytes per partition, for the embedded cluster. Null for a real broker.</param>
    /// <param name="traceShare">
    /// The share of the records, 0 to 1, that start a trace. They are evenly spread; the first is the record with number 1 / share.
    /// A record that is sent within a recorded span is always traced. All other records cost no span.
    /// </param>
    /// <exception cref="InvalidOperationException">A setting is not allowed, or no broker is set.</exception>
    public ExampleProducer(KafkaOptions kafka, ProducingOptions options, TimeProvider time, ILogger logger, FeedGate? gate = null, double traceShare = 0)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        ArgumentNullException.ThrowIfNull(options);
        _anyPartition = new TopicPartition(kafka.Topic, Partition.Any);
        _window = new DeliveryWindow(options.QueueRecords, options.QueueBytes);
        _gate = gate;
        _traceShare = traceShare;
        _errors = new RateLimitedErrors("producer", time, logger);
        _onReport = OnReport;
        _producer = new ProducerBuilder<byte[]?, byte[]?>(ClientSettings.ForExamples(kafka, options))
            .SetErrorHandler((_, error) => _errors.Report(error.Code.ToString(), error.Reason))
            .SetLogHandler((_, message) => ClientLog.Forward(logger, message))
            .Build();
    }

    /// <summary>The number of records passed to the client.</summary>
    public long Produced => Volatile.Read(ref _produced);

    /// <summary>The number of records that the broker acknowledged.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>The number of records that could not be delivered.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>The newest error, or null.</summary>
    public ClientError? LastError => _errors.Last;

    /// <summary>Encodes and sends an example. Waits only while too many records are in flight.</summary>
    /// <exception cref="KafkaException">The client failed permanently.</exception>
    public ValueTask ProduceAsync(Example example, CancellationToken cancellationToken = default) => ProduceAsync(example, null, cancellationToken);

    /// <summary>Encodes and sends an example together with its true class.</summary>
    /// <param name="truth">The value of the header <see cref="WireHeaders.Truth"/>, or null for no such header.</param>
    /// <exception cref="KafkaException">The client failed permanently.</exception>
    public ValueTask ProduceAsync(Example example, string? truth, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(example);
        Headers headers = truth is null ? Protobuf : [.. Protobuf, new Header(WireHeaders.Truth, Encoding.UTF8.GetBytes(truth))];
        return ProduceAsync(Encoding.UTF8.GetBytes(example.Id), ExampleEncoder.ToProtobuf(example), headers, cancellationToken);
    }

    /// <summary>Encodes many examples as one Arrow record and sends it. The record's key is the id of the first example, which only selects the partition.</summary>
    /// <param name="examples">At least one example; see <see cref="ExampleEncoder.ToArrow"/>.</param>
    /// <exception cref="KafkaException">The client failed permanently.</exception>
    public ValueTask ProduceBatchAsync(IReadOnlyList<Example> examples, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return ProduceAsync(Encoding.UTF8.GetBytes(examples[0].Id), ExampleEncoder.ToArrow(examples), Arrow, cancellationToken);
    }

    /// <summary>Sends a record that is already encoded. A null value is a tombstone, which removes the example with this id.</summary>
    /// <param name="format">The format for the header. <see cref="WireFormat.Unknown"/> sends no header; the consumer then detects the format.</param>
    /// <exception cref="KafkaException">The client failed permanently.</exception>
    public ValueTask ProduceRawAsync(byte[] key, byte[]? value, WireFormat format, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return ProduceAsync(key, value, format switch { WireFormat.Protobuf => Protobuf, WireFormat.Json => Json, WireFormat.Arrow => Arrow, _ => Unnamed }, cancellationToken);
    }

    /// <summary>Waits until no record is in flight: each was delivered or has failed.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        // Flush makes the client send its batches without waiting for more records. It blocks the calling thread.
        await Task.Run(() => _producer.Flush(cancellationToken), cancellationToken);
        await _window.WaitUntilEmptyAsync(cancellationToken);
    }

    /// <summary>Drops the records that are still in flight. Call <see cref="FlushAsync"/> before to deliver them.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await Task.Run(_producer.Dispose);
    }

    private ValueTask ProduceAsync(byte[] key, byte[]? value, Headers headers, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        var size = key.Length + (value?.Length ?? 0);
        if (_gate?.TryAdmit(size) == false)
            return SendWhenAdmittedAsync(key, value, headers, size, cancellationToken);
        return _window.TryEnter(size) && TrySend(key, value, headers, size)
            ? ValueTask.CompletedTask
            : SendWhenWindowHasRoomAsync(key, value, headers, size, cancellationToken);
    }

    private async ValueTask SendWhenAdmittedAsync(byte[] key, byte[]? value, Headers headers, int size, CancellationToken cancellationToken)
    {
        await _gate!.AdmitAsync(size, cancellationToken);
        await SendWhenWindowHasRoomAsync(key, value, headers, size, cancellationToken);
    }

    private async ValueTask SendWhenWindowHasRoomAsync(byte[] key, byte[]? value, Headers headers, int size, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _window.EnterAsync(size, cancellationToken);
                var delivery = _window.NextDelivery;
                if (TrySend(key, value, headers, size))
                    return;
                // The client's queue counts overhead as well. This is rare, because the window is smaller than that queue.
                await delivery.WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            _gate?.Failed(size);
            throw;
        }
    }

    /// <summary>Passes a record to the client. Returns false, and releases its room in the window, if the client's own queue is full.</summary>
    private bool TrySend(byte[] key, byte[]? value, Headers headers, int size)
    {
        using var span = IsTraced() ? StartSpan(key) : null;
        try
        {
            _producer.Produce(_anyPartition, new Message<byte[]?, byte[]?> { Key = key, Value = value, Headers = Traced(headers, span) }, _onReport);
            Interlocked.Increment(ref _produced);
            return true;
        }
        catch (ProduceException<byte[]?, byte[]?> e)
        {
            _window.Leave(size);
            if (e.Error.Code == ErrorCode.Local_QueueFull)
                return false;
            _gate?.Failed(size);
            throw;
        }
    }

    /// <summary>Decides whether the record is traced. A sampler would decide only after the span was allocated.</summary>
    private bool IsTraced()
    {
        var number = Interlocked.Increment(ref _offered);
        return KafkaInstruments.Spans.HasListeners()
            && (Math.Floor(number * _traceShare) > Math.Floor((number - 1) * _traceShare) || Activity.Current is { Recorded: true });
    }

    private Activity? StartSpan(byte[] key) => KafkaInstruments.Spans.StartActivity(KafkaInstruments.ProduceSpan, ActivityKind.Producer)
        ?.SetTag("messaging.kafka.message.key", Encoding.UTF8.GetString(key))
        .SetTag("messaging.system", "kafka")
        .SetTag("messaging.operation.type", "send")
        .SetTag("messaging.destination.name", _anyPartition.Topic);

    private static Headers Traced(Headers headers, Activity? span)
    {
        if (span is not { Recorded: true, Id: { } id })
            return headers;
        Headers traced = [.. headers, new Header(WireHeaders.TraceParent, Encoding.ASCII.GetBytes(id))];
        if (!string.IsNullOrEmpty(span.TraceStateString))
            traced.Add(WireHeaders.TraceState, Encoding.ASCII.GetBytes(span.TraceStateString));
        return traced;
    }

    private void OnReport(DeliveryReport<byte[]?, byte[]?> report)
    {
        var size = (report.Message.Key?.Length ?? 0) + (report.Message.Value?.Length ?? 0);
        if (report.Error.IsError)
        {
            Interlocked.Increment(ref _failed);
            KafkaInstruments.Failed.Add(1, ClientTag);
            _errors.Report(report.Error.Code.ToString(), report.Error.Reason);
            _gate?.Failed(size);
        }
        else
        {
            Interlocked.Increment(ref _delivered);
            _gate?.Delivered(report.Partition.Value, report.Offset.Value, size);
        }

        var unreported = Delivered - _reported;
        if (_window.Leave(size) || unreported >= DeliveriesPerUpdate)
        {
            KafkaInstruments.Delivered.Add(unreported, ClientTag);
            _reported += unreported;
        }
    }
}
