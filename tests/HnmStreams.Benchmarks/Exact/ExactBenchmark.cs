using Akka.Actor;
using HnmStreams.Benchmarks.Throughput;
using HnmStreams.Pipeline;

namespace HnmStreams.Benchmarks.Exact;

/// <summary>The cost of exact mode: the service in exact mode and in live mode, in alternation on one partition.</summary>
internal sealed class ExactBenchmark(BenchmarkSettings settings, TextWriter output, TimeProvider time)
{
    public async Task<ExactReport> RunAsync(BenchmarkModel model, CancellationToken cancellation)
    {
        var count = settings.Examples ?? model.Examples;
        count -= count % BenchmarkLearner.ScoreBatch;
        output.WriteLine($"{model.Name}: {count:N0} examples per round on one partition, {settings.Rounds} rounds, {Environment.ProcessorCount} threads, {settings.Bootstrap ?? "embedded cluster including its producer"}");
        using var stream = new BenchmarkStream(model, count, settings.RowsPerRecord);
        await using var topic = await BenchmarkTopic.OpenAsync(stream, settings.Bootstrap, partitions: 1);
        using var actors = ActorSystem.Create("bench", "akka.loglevel = WARNING\nakka.stdout-loglevel = WARNING");

        // A warm-up round: code is compiled, memory is mapped and threads are started.
        await MeasureAsync(model, stream, topic, actors);
        var rounds = new List<ExactRound>();
        for (var round = 1; round <= settings.Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var measured = await MeasureAsync(model, stream, topic, actors);
            rounds.Add(measured);
            output.WriteLine($"  {round}: live {measured.Live}  exact, overlap 1 {measured.Overlapped}  ratio {measured.OverlappedRatio:F3}  exact, overlap 0 {measured.Serial}  ratio {measured.SerialRatio:F3}");
        }

        var report = ExactReport.Of(model.Name, count, settings.Bootstrap is null, rounds);
        output.WriteLine($"  median: live {report.LiveExamplesPerSecond:N0}/s, exact {report.OverlappedRatio:F3} times live with overlap 1 and {report.SerialRatio:F3} times with overlap 0");
        return report;
    }

    private async Task<ExactRound> MeasureAsync(BenchmarkModel model, BenchmarkStream stream, BenchmarkTopic topic, ActorSystem actors)
    {
        var live = await RunAsync("live", 1);
        var overlapped = await RunAsync("exact", 1);
        return new ExactRound(live, overlapped, await RunAsync("exact", 0));

        async Task<RunRates> RunAsync(string mode, int overlap)
        {
            var options = BenchmarkLearner.Options(settings.Seed, stream.Count);
            (options.Mode, options.Overlap) = (mode, overlap);
            PipelineStatus? status = null;
            var run = await MeasuredRun.MeasureAsync(() => topic.ReadAsync(
                async consumer => status = await PipelineLoop.RunAsync(consumer, model.Task, options, actors), time));
            return status!.Ranking.Stream.Consumed == stream.Count
                ? run.Per(stream.Count)
                : throw new InvalidOperationException($"In {mode} mode {status.Ranking.Stream.Consumed} of {stream.Count} examples were consumed.");
        }
    }
}
