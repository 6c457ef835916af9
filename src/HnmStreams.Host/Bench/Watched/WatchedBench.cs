using Akka.Actor;
using HnmStreams.Pipeline;

namespace HnmStreams.Host.Bench.Watched;

/// <summary>What telemetry costs: the service watched against itself unwatched, in alternation, each in turn the first.</summary>
internal sealed class WatchedBench(BenchSettings settings, TextWriter output, TimeProvider time)
{
    // What telemetry costs while it starts is a quarter of a second, and must not count: rounds are longer than other benchmarks'.
    private const int Longer = 3;

    public async Task<WatchedReport> RunAsync(BenchModel model, CancellationToken cancellation)
    {
        var count = settings.Examples ?? model.Examples * Longer;
        count -= count % BenchLearner.ScoreBatch;
        output.WriteLine($"{model.Name}: {count:N0} examples a round, {settings.Rounds} rounds, {Environment.ProcessorCount} threads, {settings.Bootstrap ?? "embedded cluster, its producer counted in"}");
        using var stream = new BenchStream(model, count);
        await using var topic = await BenchTopic.OpenAsync(stream, settings.Bootstrap);
        using var actors = ActorSystem.Create("bench", "akka.loglevel = WARNING\nakka.stdout-loglevel = WARNING");

        // One round of each first: code is compiled, memory is touched, threads are there.
        await MeasureAsync(watched: false);
        await MeasureAsync(watched: true);
        var rounds = new List<WatchedRound>();
        for (var round = 1; round <= settings.Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var first = await MeasureAsync(watched: round % 2 == 0);
            var second = await MeasureAsync(watched: round % 2 != 0);
            var measured = round % 2 == 0 ? new WatchedRound(second, first) : new WatchedRound(first, second);
            rounds.Add(measured);
            output.WriteLine($"  {round}: unwatched {measured.Unwatched}  watched {measured.Watched}  ratio {measured.Ratio:F3}  processor time {measured.ProcessorRatio:F3}");
        }

        var report = WatchedReport.Of(model.Name, count, settings.Bootstrap is null, rounds);
        output.WriteLine($"  median: watched {report.Ratio:F3} of unwatched ({report.RatioLow:F3} to {report.RatioHigh:F3}), {report.ProcessorRatio:F3} of its processor time an example");
        return report;

        async Task<BenchRates> MeasureAsync(bool watched)
        {
            await using var watch = watched ? await Watch.StartAsync(time) : null;
            PipelineStatus? status = null;
            var run = await BenchRun.MeasureAsync(() => topic.ReadAsync(
                async consumer => status = await PipelineLoop.RunAsync(
                    consumer, model.Task, BenchLearner.Options(settings.Seed, stream.Count), actors, pipeline => watch?.Attach(pipeline, consumer, model.Task)),
                time));
            return status!.Consumed == stream.Count
                ? run.Per(stream.Count)
                : throw new InvalidOperationException($"{status.Consumed} of {stream.Count} examples were consumed.");
        }
    }
}
