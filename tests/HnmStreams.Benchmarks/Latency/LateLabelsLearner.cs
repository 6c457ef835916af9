using Akka.Actor;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.DeadLetters;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Kafka.Predictions;
using HnmStreams.Pipeline;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Tasks;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Benchmarks.Latency;

/// <summary>The service in live mode with labels that come later, at its defaults: it predicts, publishes, joins, trains and saves checkpoints.</summary>
internal sealed class LateLabelsLearner : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hnm-latency-");
    private readonly PositionLedger _positions = new();
    private readonly PredictionProducer _predictions;
    private readonly DeadLetterProducer _deadLetters;
    private readonly TimeProvider _time;
    private CheckpointStore _store = null!;
    private MiningPipeline _pipeline = null!;

    private LateLabelsLearner(KafkaOptions kafka, TimeProvider time)
    {
        _time = time;
        Consumer = new RecordConsumer(kafka, new ConsumingOptions(), new StartPosition.Earliest(), _positions, time, NullLogger.Instance);
        _predictions = new PredictionProducer(kafka, time, NullLogger.Instance);
        _deadLetters = new DeadLetterProducer(kafka, 1 << 20, time, NullLogger.Instance);
    }

    public RecordConsumer Consumer { get; }

    public PipelineStatus Status => _pipeline.Status;

    /// <summary>Starts the learner, and waits until it has partitions.</summary>
    public static async Task<LateLabelsLearner> StartAsync(ActorSystem actors, IMiningTask task, KafkaOptions kafka, ulong seed, TimeProvider time, CancellationToken cancellation)
    {
        var learner = new LateLabelsLearner(kafka, time);
        var options = new PipelineOptions { Device = "cpu", Seed = seed };
        learner._store = await CheckpointStore.OpenAsync(learner._folder.FullName, options.Checkpointing, static _ => { }, time, NullLogger.Instance, cancellation);
        var decoder = new ExampleDecoder(new WireLimits(), labels: LabelMode.Later);
        learner._pipeline = await MiningPipeline.StartAsync(
            actors,
            options,
            task,
            new PipelineInputs(
                learner.Consumer.Chunks, learner._deadLetters, learner._positions, decoder, Durable: new DurableState(learner._store, new Committer(learner.Consumer), Resume: null), Predictions: learner._predictions, Labels: new LabelsOptions { Mode = LabelMode.Later }),
            time,
            NullLoggerFactory.Instance);
        learner.Consumer.Start();
        while (!learner.Consumer.Status.Partitions.Any(partition => partition.IsAssigned))
            await Task.Delay(PollInterval, time, cancellation);
        return learner;
    }

    /// <summary>Waits until this number of events is predicted and this number of records is read.</summary>
    public async Task WaitAsync(long events, long records, CancellationToken cancellation)
    {
        var (progress, at) = (0L, _time.GetTimestamp());
        while (Status.Ranking.Stream.Predicted < events || Consumer.Status.Records < records)
        {
            if (Consumer.Status.Records + Status.Ranking.Stream.Predicted is var now && now != progress)
                (progress, at) = (now, _time.GetTimestamp());
            else if (_time.GetElapsedTime(at) > StallLimit)
                throw new TimeoutException($"The stream has stalled: {Status.Ranking.Stream.Predicted} of {events} events are predicted, {Consumer.Status.Records} of {records} records are read, the lag is {Consumer.Status.Lag}. Last error of the client: {Consumer.Status.LastError?.Text ?? "none"}.");
            if (_pipeline.Completion.IsFaulted)
                await _pipeline.Completion;
            ThrowIfRejected();
            await Task.Delay(PollInterval, _time, cancellation);
        }
    }

    /// <summary>Ends the stream. Every record was an event or a label, and every event was predicted.</summary>
    public async Task<PipelineStatus> EndAsync(CancellationToken cancellation)
    {
        await Consumer.StopAsync(cancellation);
        await _pipeline.Completion.WaitAsync(cancellation);
        await _predictions.FlushAsync(cancellation);
        ThrowIfRejected();
        return Status;
    }

    private void ThrowIfRejected()
    {
        var stream = Status.Ranking.Stream;
        if (stream.DeadLettered + stream.NotPredicted > 0)
            throw new InvalidOperationException($"{stream.DeadLettered} of the benchmark's own records were rejected, and {stream.NotPredicted} were not predicted.");
    }

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        await Consumer.DisposeAsync();
        await _predictions.DisposeAsync();
        await _deadLetters.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private sealed class Committer(RecordConsumer consumer) : IPositionCommitter
    {
        public IReadOnlyList<CheckpointPosition> Locate(IReadOnlyList<StreamPosition> taken) => [.. taken.Select(p => new CheckpointPosition("", p.Topic, "", p.Partition, p.NextOffset))];

        public Task CommitAsync(IReadOnlyList<StreamPosition> positions, string checkpoint, CancellationToken cancellationToken) => consumer.CommitAsync(positions, cancellationToken);
    }
}
