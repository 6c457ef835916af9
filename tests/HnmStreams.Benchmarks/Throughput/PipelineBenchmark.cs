using Akka.Actor;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Pipeline;
using HnmStreams.Torch.Learning;

namespace HnmStreams.Benchmarks.Throughput;

/// <summary>
/// The overhead of the service over the tensor work: the whole pipeline including Kafka, compared with the bare loop and
/// with a loop that only consumes. All three alternate in this process.
/// </summary>
internal sealed class PipelineBenchmark(BenchmarkSettings settings, TextWriter output, TimeProvider time)
{
    public async Task<PipelineReport> RunAsync(BenchmarkModel model, CancellationToken cancellation)
    {
        var count = settings.Examples ?? model.Examples;
        count -= count % BenchmarkLearner.ScoreBatch;
        output.WriteLine($"{model.Name}: {count:N0} examples per round, {settings.Rounds} rounds, {Environment.ProcessorCount} threads, {(settings.RowsPerRecord is { } rows ? $"Arrow records of {rows:N0} examples" : "one example per record")}, {settings.Bootstrap ?? "embedded cluster including its producer"}");
        using var stream = new BenchmarkStream(model, count, settings.RowsPerRecord);
        await using var topic = await BenchmarkTopic.OpenAsync(stream, settings.Bootstrap);
        using var actors = ActorSystem.Create("bench", "akka.loglevel = WARNING\nakka.stdout-loglevel = WARNING");
        var bare = new BareLoop(model.Task, new TrainingOptions(), BenchmarkLearner.ScoreBatch, BenchmarkLearner.TrainBatch, Environment.ProcessorCount);

        // A warm-up round: code is compiled, memory is mapped and threads are started.
        await MeasureAsync(model, stream, topic, bare, actors);
        var rounds = new List<PipelineRound>();
        for (var round = 1; round <= settings.Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var measured = await MeasureAsync(model, stream, topic, bare, actors);
            rounds.Add(measured);
            output.WriteLine($"  {round}: bare {measured.Bare}  pipeline {measured.Pipeline}  ratio {measured.Ratio:F3}  consume only {measured.ConsumeOnly}  ratio {measured.RatioToConsumeOnly:F3}  steps {measured.Steps}  scoring {measured.ScoringSeconds:F1} s  training {measured.TrainingSeconds:F1} s");
        }

        var report = PipelineReport.Of(model.Name, count, settings.Bootstrap is null, rounds);
        output.WriteLine($"  median: ratio to bare {report.Ratio:F3}, ratio to consume only {report.RatioToConsumeOnly:F3}, {report.BytesPerExample:N0} bytes allocated per example");
        return report;
    }

    private async Task<PipelineRound> MeasureAsync(BenchmarkModel model, BenchmarkStream stream, BenchmarkTopic topic, BareLoop bare, ActorSystem actors)
    {
        var bareRun = await MeasuredRun.MeasureAsync(() => Task.Factory.StartNew(
            () => bare.Run(stream.Rows, settings.Seed, time), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        PipelineStatus? status = null;
        var pipelineRun = await MeasuredRun.MeasureAsync(() => topic.ReadAsync(
            async consumer => status = await PipelineLoop.RunAsync(consumer, model.Task, BenchmarkLearner.Options(settings.Seed, stream.Count), actors), time));
        var consumeRun = await MeasuredRun.MeasureAsync(() => topic.ReadAsync(DropAsync, time));
        if (status!.Ranking.Stream.Consumed != stream.Count)
            throw new InvalidOperationException($"The pipeline consumed {status.Ranking.Stream.Consumed} of {stream.Count} examples.");
        return new PipelineRound(bareRun.Per(stream.Count), pipelineRun.Per(stream.Count), consumeRun.Per(stream.Count), status.Training.Steps, status.Scoring.Seconds, status.Training.Seconds);
    }

    private static async Task DropAsync(RecordConsumer consumer)
    {
        await foreach (var chunk in consumer.Chunks.ReadAllAsync())
            chunk.Dispose();
    }
}
