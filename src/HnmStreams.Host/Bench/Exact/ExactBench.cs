using Akka.Actor;
using HnmStreams.Pipeline;

namespace HnmStreams.Host.Bench.Exact;

/// <summary>What it costs that a run is a function of its batches: the service in exact mode against itself in live mode, in alternation, on one partition.</summary>
internal sealed class ExactBench(BenchSettings settings, TextWriter output, TimeProvider time)
{
    public async Task<ExactReport> RunAsync(BenchModel model, CancellationToken cancellation)
    {
        var count = settings.Examples ?? model.Examples;
        count -= count % BenchLearner.ScoreBatch;
        output.WriteLine($"{model.Name}: {count:N0} examples a round on one partition, {settings.Rounds} rounds, {Environment.ProcessorCount} threads, {settings.Bootstrap ?? "embedded cluster, its producer counted in"}");
        using var stream = new BenchStream(model, count);
        await using var topic = await BenchTopic.OpenAsync(stream, settings.Bootstrap, partitions: 1);
        using var actors = ActorSystem.Create("bench", "akka.loglevel = WARNING\nakka.stdout-loglevel = WARNING");

        // One round of each first: code is compiled, memory is touched, threads are there.
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
        output.WriteLine($"  median: live {report.LiveExamplesPerSecond:N0}/s, exact {report.OverlappedRatio:F3} of it with overlap 1 and {report.SerialRatio:F3} with overlap 0");
        return report;
    }

    private async Task<ExactRound> MeasureAsync(BenchModel model, BenchStream stream, BenchTopic topic, ActorSystem actors)
    {
        var live = await RunAsync("live", 1);
        var overlapped = await RunAsync("exact", 1);
        return new ExactRound(live, overlapped, await RunAsync("exact", 0));

        async Task<BenchRates> RunAsync(string mode, int overlap)
        {
            var options = BenchLearner.Options(settings.Seed, stream.Count);
            (options.Mode, options.Overlap) = (mode, overlap);
            PipelineStatus? status = null;
            var run = await BenchRun.MeasureAsync(() => topic.ReadAsync(
                async consumer => status = await PipelineLoop.RunAsync(consumer, model.Task, options, actors), time));
            return status!.Consumed == stream.Count
                ? run.Per(stream.Count)
                : throw new InvalidOperationException($"In {mode} mode {status.Consumed} of {stream.Count} examples were consumed.");
        }
    }
}
