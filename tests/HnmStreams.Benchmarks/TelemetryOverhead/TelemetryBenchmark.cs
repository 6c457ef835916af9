using Akka.Actor;
using HnmStreams.Benchmarks.Throughput;
using HnmStreams.Pipeline;

namespace HnmStreams.Benchmarks.TelemetryOverhead;

/// <summary>The cost of telemetry: the service with and without it in alternation. The order changes every round.</summary>
internal sealed class TelemetryBenchmark(BenchmarkSettings settings, TextWriter output, TimeProvider time)
{
    // Starting telemetry costs a quarter of a second, which must not dominate. The rounds are longer than in other benchmarks.
    private const int RoundLengthFactor = 3;

    public async Task<TelemetryReport> RunAsync(BenchmarkModel model, CancellationToken cancellation)
    {
        var count = settings.Examples ?? model.Examples * RoundLengthFactor;
        count -= count % BenchmarkLearner.ScoreBatch;
        output.WriteLine($"{model.Name}: {count:N0} examples per round, {settings.Rounds} rounds, {Environment.ProcessorCount} threads, {settings.Bootstrap ?? "embedded cluster including its producer"}");
        using var stream = new BenchmarkStream(model, count, settings.RowsPerRecord);
        await using var topic = await BenchmarkTopic.OpenAsync(stream, settings.Bootstrap);
        using var actors = ActorSystem.Create("bench", "akka.loglevel = WARNING\nakka.stdout-loglevel = WARNING");

        // A warm-up round of each: code is compiled, memory is mapped and threads are started.
        await MeasureAsync(instrumented: false);
        await MeasureAsync(instrumented: true);
        var rounds = new List<TelemetryRound>();
        for (var round = 1; round <= settings.Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var first = await MeasureAsync(instrumented: round % 2 == 0);
            var second = await MeasureAsync(instrumented: round % 2 != 0);
            var measured = round % 2 == 0 ? new TelemetryRound(second, first) : new TelemetryRound(first, second);
            rounds.Add(measured);
            output.WriteLine($"  {round}: without {measured.Plain}  with {measured.Instrumented}  ratio {measured.Ratio:F3}  CPU time {measured.CpuRatio:F3}");
        }

        var report = TelemetryReport.Of(model.Name, count, settings.Bootstrap is null, rounds);
        output.WriteLine($"  median: throughput with telemetry {report.Ratio:F3} times that without ({report.RatioLow:F3} to {report.RatioHigh:F3}), CPU time per example {report.CpuRatio:F3} times");
        return report;

        async Task<RunRates> MeasureAsync(bool instrumented)
        {
            await using var telemetry = instrumented ? await ServiceTelemetry.StartAsync(time) : null;
            PipelineStatus? status = null;
            var run = await MeasuredRun.MeasureAsync(() => topic.ReadAsync(
                async consumer => status = await PipelineLoop.RunAsync(
                    consumer, model.Task, BenchmarkLearner.Options(settings.Seed, stream.Count), actors, pipeline => telemetry?.Attach(pipeline, consumer, model.Task)),
                time));
            return status!.Ranking.Stream.Consumed == stream.Count
                ? run.Per(stream.Count)
                : throw new InvalidOperationException($"{status.Ranking.Stream.Consumed} of {stream.Count} examples were consumed.");
        }
    }
}
