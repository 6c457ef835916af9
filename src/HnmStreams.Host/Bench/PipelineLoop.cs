using Akka.Actor;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Pipeline;
using HnmStreams.Tasks;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Host.Bench;

/// <summary>The service's own way from Kafka to weights, as <c>hnm run</c> takes it.</summary>
internal static class PipelineLoop
{
    /// <summary>Learns from all that the consumer reads.</summary>
    /// <param name="started">Sees the learner once it is there.</param>
    /// <returns>Where the learner stood at the end.</returns>
    public static async Task<PipelineStatus> RunAsync(RecordConsumer consumer, IMiningTask task, PipelineOptions options, ActorSystem actors, Action<MiningPipeline>? started = null)
    {
        var refused = new CountedLetters();
        await using var pipeline = MiningPipeline.Start(
            actors, options, task, new PipelineInputs(consumer.Chunks, refused, new PositionLedger(), new WireLimits()), TimeProvider.System, NullLoggerFactory.Instance);
        started?.Invoke(pipeline);
        await pipeline.Completion;
        return refused.Count == 0
            ? pipeline.Status
            : throw new InvalidOperationException($"{refused.Count} of the benchmark's own records were refused.");
    }

    private sealed class CountedLetters : IDeadLetterSink
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Write(DeadLetter letter) => Interlocked.Increment(ref _count);

        public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
