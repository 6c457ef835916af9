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
/// Writes examples to the topic: key is the example's id, value its protobuf form, the format named in a header.
/// </summary>
/// <remarks>
/// Thread-safe. Producing completes at once while there is room for more under way, and awaits deliveries where there is
/// none. A record that could not be delivered is counted and reported, not thrown: the caller is long past it.
/// </remarks>
public sealed class ExampleProducer : IAsyncDisposable
{
    private static readonly KeyValuePair<string, object?> ClientTag = KafkaInstruments.Tag("client", "examples");

    // The client copies headers into its own memory and changes nothing in these.
    private static readonly Headers Protobuf = [new Header(WireHeaders.Format, "protobuf"u8.ToArray())];
    private static readonly Headers Json = [new Header(WireHeaders.Format, "json"u8.ToArray())];
    private static readonly Headers Unnamed = [];

    // A counter costs as much as a report does: it moves once in so many, and when nothing is under way.
    private const long TellEvery = 256;

    private readonly TopicPartition _anywhere;
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

    // Of the client's own thread, which makes all reports.
    private long _told;
    private int _disposed;

    /// <param name="gate">Holds the producer close to its consumers; for the embedded cluster.</param>
    /// <param name="traceShare">
    /// Share of the records, 0 to 1, that begin a trace: evenly spread, the first of them the one with number 1 / share.
    /// What is sent within a recorded span is traced in any case. The others cost no span.
    /// </param>
    /// <exception cref="InvalidOperationException">A setting is not allowed, or no broker is named.</exception>
    public ExampleProducer(KafkaOptions kafka, ProducingOptions options, TimeProvider time, ILogger logger, FeedGate? gate = null, double traceShare = 0)
    {
        ArgumentNullException.ThrowIfNull(kafka);
        ArgumentNullException.ThrowIfNull(options);
        _anywhere = new TopicPartition(kafka.Topic, Partition.Any);
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

    /// <summary>Records given to the client.</summary>
    public long Produced => Volatile.Read(ref _produced);

    /// <summary>Records that the broker has acknowledged.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>Records that were given up.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>The newest error, or null.</summary>
    public ClientError? LastError => _errors.Last;

    /// <summary>Encodes and sends an example; waits only while too much is under way.</summary>
    /// <exception cref="KafkaException">The client has failed for good.</exception>
    public ValueTask ProduceAsync(Example example, CancellationToken cancellationToken = default) => ProduceAsync(example, null, cancellationToken);

    /// <summary>The same, with its true class beside it.</summary>
    /// <param name="truth">For <see cref="WireHeaders.Truth"/>; null sends no such header.</param>
    /// <exception cref="KafkaException">The client has failed for good.</exception>
    public ValueTask ProduceAsync(Example example, string? truth, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(example);
        Headers headers = truth is null ? Protobuf : [.. Protobuf, new Header(WireHeaders.Truth, Encoding.UTF8.GetBytes(truth))];
        return ProduceAsync(Encoding.UTF8.GetBytes(example.Id), ExampleEncoder.ToProtobuf(example), headers, cancellationToken);
    }

    /// <summary>Sends what is encoded already. A null value is a tombstone: forget this id.</summary>
    /// <param name="format">Named in the header, or left to be sniffed when unknown.</param>
    /// <exception cref="KafkaException">The client has failed for good.</exception>
    public ValueTask ProduceRawAsync(byte[] key, byte[]? value, WireFormat format, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return ProduceAsync(key, value, format switch { WireFormat.Protobuf => Protobuf, WireFormat.Json => Json, _ => Unnamed }, cancellationToken);
    }

    /// <summary>Waits until nothing is under way any more: each record was delivered or has failed.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        // Flushing tells the client not to linger; it blocks its thread.
        await Task.Run(() => _producer.Flush(cancellationToken), cancellationToken);
        await _window.WaitUntilEmptyAsync(cancellationToken);
    }

    /// <summary>Drops what is still under way; flush before where it matters.</summary>
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
            : SendWhenThereIsRoomAsync(key, value, headers, size, cancellationToken);
    }

    private async ValueTask SendWhenAdmittedAsync(byte[] key, byte[]? value, Headers headers, int size, CancellationToken cancellationToken)
    {
        await _gate!.AdmitAsync(size, cancellationToken);
        await SendWhenThereIsRoomAsync(key, value, headers, size, cancellationToken);
    }

    private async ValueTask SendWhenThereIsRoomAsync(byte[] key, byte[]? value, Headers headers, int size, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _window.EnterAsync(size, cancellationToken);
                var delivery = _window.NextDelivery;
                if (TrySend(key, value, headers, size))
                    return;
                // The client's queue counts more than bytes of keys and values; rare, since the window is narrower.
                await delivery.WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            _gate?.Failed(size);
            throw;
        }
    }

    /// <summary>False when the client's own queue is full; the place in the window is given back then.</summary>
    private bool TrySend(byte[] key, byte[]? value, Headers headers, int size)
    {
        using var span = IsTraced() ? StartSpan(key) : null;
        try
        {
            _producer.Produce(_anywhere, new Message<byte[]?, byte[]?> { Key = key, Value = value, Headers = Traced(headers, span) }, _onReport);
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

    /// <summary>Decided here and not by a sampler, which is asked only when a span has been made.</summary>
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
        .SetTag("messaging.destination.name", _anywhere.Topic);

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

        var untold = Delivered - _told;
        if (_window.Leave(size) || untold >= TellEvery)
        {
            KafkaInstruments.Delivered.Add(untold, ClientTag);
            _told += untold;
        }
    }
}
