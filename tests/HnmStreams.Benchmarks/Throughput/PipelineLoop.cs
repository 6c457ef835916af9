using Akka.Actor;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Offsets;
using HnmStreams.Pipeline;
using HnmStreams.Tasks;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Benchmarks.Throughput;

/// <summary>The service's pipeline from Kafka to weights, wired as in <c>hnm run</c>.</summary>
internal static class PipelineLoop
{
    /// <summary>Learns from all records that the consumer reads.</summary>
    /// <param name="started">Called with the learner after it has started.</param>
    /// <returns>The learner's status at the end.</returns>
    public static async Task<PipelineStatus> RunAsync(RecordConsumer consumer, IMiningTask task, PipelineOptions options, ActorSystem actors, Action<MiningPipeline>? started = null)
    {
        var refused = new CountingDeadLetterSink();
        await using var pipeline = await MiningPipeline.StartAsync(
            actors, options, task, new PipelineInputs(consumer.Chunks, refused, new PositionLedger(), new ExampleDecoder(new WireLimits())), TimeProvider.System, NullLoggerFactory.Instance);
        started?.Invoke(pipeline);
        await pipeline.Completion;
        return refused.Count == 0
            ? pipeline.Status
            : throw new InvalidOperationException($"{refused.Count} of the benchmark's own records were refused.");
    }

    private sealed class CountingDeadLetterSink : IDeadLetterSink
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Write(DeadLetter letter) => Interlocked.Increment(ref _count);

        public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
