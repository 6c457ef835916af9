using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Wire;
using HnmStreams.Host.Intake;
using HnmStreams.Host.Learner;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.DeadLetters;
using HnmStreams.Kafka.Decoding;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Predictions;
using HnmStreams.Kafka.Telemetry;
using HnmStreams.Kafka.Topics;
using HnmStreams.Pipeline.Serving;
using HnmStreams.Web.DeadLetters;
using HnmStreams.Web.Serving;

namespace HnmStreams.Host.Serving;

/// <summary>One lifetime of a served stream, which connects consumer, scorers, predictions and dead letters.</summary>
internal sealed class ServeSession : IAsyncDisposable
{
    private readonly RecordConsumer _consumer;
    private readonly IRecordDecoder _decoder;
    private readonly DeadLetterProducer _deadLetters;
    private readonly PredictionProducer _predictions;
    private readonly AcknowledgedPositions _positions;
    private readonly IntakeGate _gate;
    private readonly CancellationTokenSource _ended = new();
    private readonly TimeSpan _commitEvery;
    private readonly TimeProvider _time;
    private Task _stream = Task.CompletedTask;
    private Task _intake = Task.CompletedTask;
    private Task _commits = Task.CompletedTask;

    private ServeSession(HnmOptions options, KafkaOptions kafka, TimeProvider time, ILoggerFactory logs)
    {
        (_commitEvery, _time) = (options.Serve.CommitEvery, time);
        _ = StartPosition.TryParse(options.Run.From, out var from, out _);
        _deadLetters = new DeadLetterProducer(kafka, options.Wire.MaxRecordBytes, time, logs.CreateLogger<DeadLetterProducer>());
        _predictions = new PredictionProducer(kafka, time, logs.CreateLogger<PredictionProducer>());
        _positions = new AcknowledgedPositions(_predictions, _deadLetters, logs.CreateLogger<AcknowledgedPositions>());
        _consumer = new RecordConsumer(kafka, options.Consuming, new StartPosition.Committed(from!), ledger: null, time, logs.CreateLogger<RecordConsumer>(), _positions);
        _positions.Join(_consumer);
        _decoder = RecordDecoders.Create(options.Wire, time, logs.CreateLogger(typeof(RecordDecoders)), options.Labels.Mode);
        _gate = new IntakeGate(_consumer.Chunks, _decoder, new PauseGate());
        var recent = new RecentDeadLetters(_deadLetters, time);
        DeadLetters = recent;
        View = new ServingStream(kafka.BootstrapServers!, kafka.Topic, kafka.GroupId, () => _consumer.Status, recent, () => _decoder.WaitsFor);
    }

    public RecentDeadLetters DeadLetters { get; }

    /// <summary>The stream as the API shows it.</summary>
    public ServingStream View { get; }

    /// <summary>Starts to read the topic.</summary>
    public static async Task<ServeSession> StartAsync(HnmOptions options, KafkaOptions kafka, TopicIdentity topic, ServingPipeline pipeline, TimeProvider time, ILoggerFactory logs)
    {
        var session = new ServeSession(options, kafka, time, logs);
        if (topic.HasController)
        {
            _ = OutputTopic.DeadLetters(kafka).EnsureAsync(logs.CreateLogger<ServeSession>());
            await OutputTopic.Predictions(kafka, kafka.PredictionsTopic!, topic.Partitions).EnsureAsync(logs.CreateLogger<ServeSession>());
        }

        KafkaInstruments.AppearAtZero();
        session._stream = pipeline.ServeAsync(new ServingInputs(session._gate.Chunks, session._decoder, session.DeadLetters, session._predictions, session._positions));
        session._intake = session._gate.RunAsync(session._ended.Token);
        session._commits = session._positions.RunAsync(session._commitEvery, time, session._ended.Token);
        session._consumer.Start();
        return session;
    }

    /// <summary>Waits until the stream fails. It has no end.</summary>
    public async Task WaitAsync() => await await Task.WhenAny(_stream, _commits);

    /// <summary>Stops reading, waits until everything that was read is predicted and acknowledged, and commits its positions.</summary>
    /// <exception cref="OperationCanceledException">The deadline has passed. What is not committed is predicted again by the next process of the group.</exception>
    public async Task DrainAsync(CancellationToken deadline)
    {
        await _consumer.DrainAsync(deadline).WaitAsync(deadline);
        await _stream.WaitAsync(deadline);
        await _positions.CommitAsync(deadline).WaitAsync(deadline);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _consumer.DisposeAsync();
        await _intake;
        await Task.WhenAll(_stream, _commits).WaitAsync(TimeSpan.FromSeconds(10), _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        (_decoder as IDisposable)?.Dispose();
        await _deadLetters.DisposeAsync();
        await _predictions.DisposeAsync();
        _positions.Dispose();
        _ended.Dispose();
    }
}
