using System.CommandLine;
using System.Text.Json;
using HnmStreams.Host.Bench;
using HnmStreams.Torch.Native;

namespace HnmStreams.Host.Commands;

/// <summary>Those of <c>hnm bench</c> that run the pipeline in alternating rounds, once for each model.</summary>
internal static class AlternatingBenchCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <param name="run">Runs one model's rounds.</param>
    public static Command Create<TReport>(
        CommandContext context, string name, string description, Func<BenchSettings, BenchModel, CancellationToken, Task<TReport>> run)
    {
        var model = new Option<string>("--model") { HelpName = "MODEL", Description = "cnn, light, or all", DefaultValueFactory = _ => "all" };
        model.AcceptOnlyFromAmong("cnn", "light", "all");
        var bootstrap = new Option<string?>("--bootstrap") { HelpName = "HOST:PORT", Description = "A broker whose topic is filled before the clock starts; without it the embedded cluster, its producer counted in" };
        var rounds = new Option<int>("--rounds") { HelpName = "N", Description = "Alternating rounds; the medians count", DefaultValueFactory = _ => 5 };
        var examples = new Option<int?>("--examples") { HelpName = "N", Description = "Examples a round" };
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of the initial weights", DefaultValueFactory = _ => 1UL };
        var summary = new Option<string?>("--summary") { HelpName = "FILE", Description = "Write the figures as JSON" };
        BenchCommand.AtLeast(rounds, 1);
        BenchCommand.AtLeast(examples, 1_024);
        var command = new Command(name, description) { model, bootstrap, rounds, examples, seed, summary };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            var settings = new BenchSettings(parsed.GetValue(bootstrap), parsed.GetValue(examples), parsed.GetValue(rounds), parsed.GetValue(seed));
            var reports = new Dictionary<string, TReport>(StringComparer.Ordinal);
            foreach (var chosen in new[] { BenchModel.Convolutional, BenchModel.Light })
            {
                if (parsed.GetValue(model) is "all" || parsed.GetValue(model) == chosen.Name)
                    reports[chosen.Name] = await run(settings, chosen, cancellation);
            }

            if (parsed.GetValue(summary) is { } path)
                await File.WriteAllTextAsync(Path.GetFullPath(path, context.WorkingFolder), JsonSerializer.Serialize(reports, Json), cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }
}
