using System.Globalization;
using Akka.Actor;
using HnmStreams.Benchmarks.Throughput;
using HnmStreams.Host.Feeding;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Kafka.Embedded;
using HnmStreams.Kafka.Producing;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Benchmarks.Latency;

/// <summary>
/// The time from arrival to prediction of unlabeled events: first the maximum throughput is measured, then events arrive at a share of it. The
/// producer is in this process. With a real broker, the topic is filled before the throughput is measured.
/// </summary>
internal sealed class LatencyBenchmark(LatencySettings settings, TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private const long EmbeddedUnreadBytes = 1024 * 1024;

    public async Task<LatencyReport> RunAsync(BenchmarkModel model, CancellationToken cancellation)
    {
        var events = settings.Events ?? model.Examples / 4;
        var source = new EventSource(model, settings.LabelDelay);
        await using var broker = new LatencyBroker(settings.Bootstrap);
        using var actors = ActorSystem.Create("bench", "akka.loglevel = WARNING\nakka.stdout-loglevel = WARNING");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{model.Name}: {events:N0} events per round, {settings.Rounds} rounds, {Environment.ProcessorCount} threads, {settings.Bootstrap ?? "embedded cluster in this process"}, {(settings.LabelDelay is { } delay ? $"labels after {delay:N0} events" : "no labels")}"));

        // A warm-up round: code is compiled, memory is mapped and threads are started.
        await MeasureMaximumAsync(Math.Max(1, events / 4));
        var rounds = new List<double>();
        for (var round = 1; round <= settings.Rounds; round++)
        {
            rounds.Add(await MeasureMaximumAsync(events));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {round}: {rounds[^1]:N0} events/s"));
        }

        var maximum = PipelineReport.Median(rounds, static r => r);
        var report = await MeasureLatencyAsync(maximum);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  median {maximum:N0} events/s at most; at {report.EventsPerSecond:N0} events/s for {report.Seconds:F0} s: {report.Milliseconds} ({report.Steps:N0} steps, {report.Checkpoints} checkpoints, {report.GarbageCollectionPauseMilliseconds:F0} ms of garbage collection, lag {report.Lag:N0})"));
        return report;

        async Task<double> MeasureMaximumAsync(long count)
        {
            var kafka = await broker.CreateTopicsAsync();
            if (!broker.IsEmbedded)
            {
                await using var filling = Producer(kafka);
                await source.SendAsync(filling, count, null, time, cancellation);
            }

            await using var learner = await LateLabelsLearner.StartAsync(actors, model.Task, kafka, settings.Seed, time, cancellation);
            await using var producer = broker.IsEmbedded ? Producer(kafka, learner.Consumer) : null;
            var start = time.GetTimestamp();
            var sending = producer is null ? Task.CompletedTask : Task.Run(() => source.SendAsync(producer, count, null, time, cancellation), cancellation);
            await learner.WaitAsync(count, source.Records(count), cancellation);
            var seconds = time.GetElapsedTime(start).TotalSeconds;
            await sending;
            await learner.EndAsync(cancellation);
            return count / seconds;
        }

        async Task<LatencyReport> MeasureLatencyAsync(double max)
        {
            var rate = max * settings.Load;
            var kafka = await broker.CreateTopicsAsync();
            using var latencies = new LatencyListener();
            await using var learner = await LateLabelsLearner.StartAsync(actors, model.Task, kafka, settings.Seed, time, cancellation);
            await using var producer = Producer(kafka, broker.IsEmbedded ? learner.Consumer : null);
            var warmUp = (long)(rate * WarmUp.TotalSeconds);
            var count = warmUp + (long)(rate * settings.Seconds);
            var sending = Task.Run(() => source.SendAsync(producer, count, new RatePacer(rate, time), time, cancellation), cancellation);
            await learner.WaitAsync(warmUp, source.Records(warmUp), cancellation);
            latencies.Reset();
            var (start, steps, pause) = (time.GetTimestamp(), learner.Status.Training.Steps, GC.GetTotalPauseDuration());
            await sending;
            var lag = learner.Consumer.Status.Lag;
            await learner.WaitAsync(count, source.Records(count), cancellation);
            var (seconds, paused) = (time.GetElapsedTime(start).TotalSeconds, GC.GetTotalPauseDuration() - pause);
            var measured = latencies.Result();
            var status = await learner.EndAsync(cancellation);
            return new LatencyReport(
                model.Name, broker.IsEmbedded, Environment.ProcessorCount, settings.LabelDelay is not null, max, rounds, settings.Load, measured.Count / seconds, seconds, measured, lag,
                status.Training.Steps - steps, paused.TotalMilliseconds, status.Checkpoint.Written);
        }
    }

    // The embedded cluster drops unread records if there are too many, so that its producer is held back.
    private ExampleProducer Producer(KafkaOptions kafka, RecordConsumer? reader = null) =>
        new(kafka, new ProducingOptions(), time, NullLogger.Instance, reader is null ? null : new FeedGate(kafka.Topic, reader, EmbeddedUnreadBytes));
}
