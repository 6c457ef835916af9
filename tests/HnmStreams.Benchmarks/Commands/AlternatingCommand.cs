using System.CommandLine;
using HnmStreams.Benchmarks.Throughput;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;
using HnmStreams.Torch.Native;

namespace HnmStreams.Benchmarks.Commands;

/// <summary>The options of the benchmarks that run the pipeline in alternating rounds, once per model.</summary>
internal static class AlternatingCommand
{
    /// <param name="run">Runs the rounds of one model and returns its report.</param>
    public static Command Create<TReport>(
        BenchmarkContext context, string name, string description, Func<BenchmarkSettings, BenchmarkModel, CancellationToken, Task<TReport>> run)
    {
        var model = new Option<string>("--model") { HelpName = "MODEL", Description = "cnn, light, or all", DefaultValueFactory = _ => "all" };
        model.AcceptOnlyFromAmong("cnn", "light", "all");
        var bootstrap = new Option<string?>("--bootstrap") { HelpName = "HOST:PORT", Description = "A broker whose topic is filled before the measurement; if not set, the embedded cluster, with its producer included in the measurement" };
        var rounds = new Option<int>("--rounds") { HelpName = "N", Description = "Alternating rounds; the report has the medians", DefaultValueFactory = _ => 5 }.AtLeast(1);
        var examples = new Option<int?>("--examples") { HelpName = "N", Description = "Examples per round" }.AtLeast(1_024);
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of the initial weights", DefaultValueFactory = _ => 1UL };
        var arrow = new Option<int?>("--arrow") { HelpName = "ROWS", Description = "Send records with this number of examples each, as Arrow batches, instead of one example per record as protobuf" }.AtLeast(1);
        var summary = SummaryFile.Option();
        var command = new Command(name, description) { model, bootstrap, rounds, examples, seed, arrow, summary };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            var settings = new BenchmarkSettings(parsed.GetValue(bootstrap), parsed.GetValue(examples), parsed.GetValue(rounds), parsed.GetValue(seed), parsed.GetValue(arrow));
            var reports = new Dictionary<string, TReport>(StringComparer.Ordinal);
            foreach (var candidate in new[] { BenchmarkModel.Convolutional, BenchmarkModel.Light })
            {
                if (parsed.GetValue(model) is "all" || parsed.GetValue(model) == candidate.Name)
                    reports[candidate.Name] = await run(settings, candidate, cancellation);
            }

            await SummaryFile.WriteAsync(context, parsed.GetValue(summary), reports, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }
}
