using Akka.Actor;
using HnmStreams.Kafka.Consuming;
using HnmStreams.Pipeline;
using HnmStreams.Torch.Learning;

namespace HnmStreams.Host.Bench;

/// <summary>
/// What the service adds to the tensor work: whole pipeline, Kafka in the path, against the bare loop, both in this
/// process and in alternation; and against a loop that only consumes.
/// </summary>
internal sealed class PipelineBench(BenchSettings settings, TextWriter output, TimeProvider time)
{
    public async Task<BenchReport> RunAsync(BenchModel model, CancellationToken cancellation)
    {
        var count = settings.Examples ?? model.Examples;
        count -= count % BenchLearner.ScoreBatch;
        output.WriteLine($"{model.Name}: {count:N0} examples a round, {settings.Rounds} rounds, {Environment.ProcessorCount} threads, {settings.Bootstrap ?? "embedded cluster, its producer counted in"}");
        using var stream = new BenchStream(model, count);
        await using var topic = await BenchTopic.OpenAsync(stream, settings.Bootstrap);
        using var actors = ActorSystem.Create("bench", "akka.loglevel = WARNING\nakka.stdout-loglevel = WARNING");
        var bare = new BareLoop(model.Task, new TrainingOptions(), BenchLearner.ScoreBatch, BenchLearner.TrainBatch, Environment.ProcessorCount);

        // One short round of each first: code is compiled, memory is touched, threads are there.
        await MeasureAsync(model, stream, topic, bare, actors);
        var rounds = new List<BenchRound>();
        for (var round = 1; round <= settings.Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var measured = await MeasureAsync(model, stream, topic, bare, actors);
            rounds.Add(measured);
            output.WriteLine($"  {round}: bare {measured.Bare}  pipeline {measured.Pipeline}  ratio {measured.Ratio:F3}  consume only {measured.ConsumeOnly}  of it {measured.OfConsumeOnly:F3}  steps {measured.Steps}  scoring {measured.ScoringSeconds:F1} s  training {measured.TrainingSeconds:F1} s");
        }

        var report = BenchReport.Of(model.Name, count, settings.Bootstrap is null, rounds);
        output.WriteLine($"  median: ratio to bare {report.Ratio:F3}, ratio to consume only {report.RatioToConsumeOnly:F3}, {report.BytesPerExample:N0} bytes allocated an example");
        return report;
    }

    private async Task<BenchRound> MeasureAsync(BenchModel model, BenchStream stream, BenchTopic topic, BareLoop bare, ActorSystem actors)
    {
        var bareRun = await BenchRun.MeasureAsync(() => Task.Factory.StartNew(
            () => bare.Run(stream.Rows, settings.Seed, time), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        PipelineStatus? status = null;
        var pipelineRun = await BenchRun.MeasureAsync(() => topic.ReadAsync(
            async consumer => status = await PipelineLoop.RunAsync(consumer, model.Task, BenchLearner.Options(settings.Seed, stream.Count), actors), time));
        var consumeRun = await BenchRun.MeasureAsync(() => topic.ReadAsync(DropAsync, time));
        if (status!.Consumed != stream.Count)
            throw new InvalidOperationException($"The pipeline consumed {status.Consumed} of {stream.Count} examples.");
        return new BenchRound(bareRun.Per(stream.Count), pipelineRun.Per(stream.Count), consumeRun.Per(stream.Count), status.Steps, status.ScoringSeconds, status.TrainingSeconds);
    }

    private static async Task DropAsync(RecordConsumer consumer)
    {
        await foreach (var chunk in consumer.Chunks.ReadAllAsync())
            chunk.Dispose();
    }
}
