using Akka.Actor;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Wire;
using HnmStreams.Host.Cluster;
using HnmStreams.Host.Learner;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.DeadLetters;
using HnmStreams.Kafka.Decoding;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Predictions;
using HnmStreams.Kafka.Telemetry;
using HnmStreams.Kafka.Topics;
using HnmStreams.Pipeline.Cluster.Remoting;
using HnmStreams.Pipeline.Nodes;
using HnmStreams.Tasks;

namespace HnmStreams.Host.Nodes;

/// <summary>One lifetime of a score node, which connects its consumer, its scorers, its dead letters and the learner.</summary>
internal sealed class ScoreNodeSession : IAsyncDisposable
{
    private readonly DeadLetterProducer _deadLetters;
    private readonly IRecordDecoder _decoder;
    private readonly IRestartableStream _stream;
    private readonly PredictionProducer? _predictions;
    private readonly HttpClient _weights;

    public ScoreNodeSession(HnmOptions options, KafkaOptions kafka, TopicIdentity topic, IMiningTask task, ActorSystem actors, NodeCertificates? certificates, TimeProvider time, ILoggerFactory logs)
    {
        _ = StartPosition.TryParse(options.Run.From, out var from, out _);
        _deadLetters = new DeadLetterProducer(kafka, options.Wire.MaxRecordBytes, time, logs.CreateLogger<DeadLetterProducer>());
        if (topic.HasController)
            _ = EnsureTopicsAsync(kafka, topic, logs.CreateLogger<ScoreNodeSession>());
        _predictions = kafka.PredictionsTopic is null ? null : new PredictionProducer(kafka, time, logs.CreateLogger<PredictionProducer>());
        _decoder = RecordDecoders.Create(options.Wire, time, logs.CreateLogger(typeof(RecordDecoders)), options.Labels.Mode);
        KafkaInstruments.AppearAtZero();
        var examples = new GroupStream(kafka, options.Consuming, from!, _decoder, time, logs.CreateLogger<RecordConsumer>());
        _stream = kafka.ForLabels() is { } labels ? new TwoTopicStream(examples, new GroupStream(labels, options.Consuming, from!, _decoder, time, logs.CreateLogger<RecordConsumer>())) : examples;
        _weights = new HttpClient(CreateHandler(certificates, logs));
        Node = new ScoreNode(
            actors,
            options.Pipeline,
            task,
            new ScoreNodeInputs(options.Cluster.NodeName ?? ClusterMembership.AddressOf(actors), _stream, _decoder, _deadLetters, () => ClusterMembership.Learners(actors, options.Cluster), _weights)
            {
                LabelsComeLater = options.Labels.Mode != LabelMode.Inline,
                Predictions = _predictions,
            },
            time,
            logs.CreateLogger<ScoreNode>());
    }

    public ScoreNode Node { get; }

    private static async Task EnsureTopicsAsync(KafkaOptions kafka, TopicIdentity topic, ILogger logger)
    {
        await OutputTopic.DeadLetters(kafka).EnsureAsync(logger);
        if (kafka.PredictionsTopic is { } predictions)
            await OutputTopic.Predictions(kafka, predictions, topic.Partitions).EnsureAsync(logger);
    }

    private static SocketsHttpHandler CreateHandler(NodeCertificates? certificates, ILoggerFactory logs)
    {
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(10) };
        if (certificates is not null)
            handler.SslOptions = certificates.ClientOptions(logs.CreateLogger<ScoreNodeSession>());
        return handler;
    }

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)_stream).DisposeAsync();
        await Node.DisposeAsync();
        (_decoder as IDisposable)?.Dispose();
        await _deadLetters.DisposeAsync();
        if (_predictions is not null)
            await _predictions.DisposeAsync();
        _weights.Dispose();
    }
}
