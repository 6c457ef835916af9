using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using HnmStreams.Benchmarks.Poisoning;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;
using HnmStreams.Torch.Native;

namespace HnmStreams.Benchmarks.Commands.Learning;

/// <summary><c>poisoning</c>: the effect of a hostile producer on the model, on the reported metric and on label-noise detection.</summary>
internal static class PoisoningCommand
{
    public static Command Create(BenchmarkContext context)
    {
        var task = new Option<string?>("--task") { HelpName = "FILE", Description = "The task's settings file, such as one of config/tasks; by default the synthetic stream" };
        var set = new Option<string[]>("--set") { HelpName = "KEY=VALUE", Description = "A setting; may be repeated", AllowMultipleArgumentsPerToken = false };
        var examples = new Option<int>("--examples") { HelpName = "N", Description = "Records per run", DefaultValueFactory = _ => 40_960 }.AtLeast(1_024);
        var seeds = new Option<int>("--seeds") { HelpName = "N", Description = "Number of seeds", DefaultValueFactory = _ => 3 }.AtLeast(1);
        var attacks = new Option<PoisoningAttack[]>("--attacks") { HelpName = "NAME", Description = "Run only these attacks", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => Enum.GetValues<PoisoningAttack>() };
        var learners = new Option<string[]>("--learners") { HelpName = "NAME", Description = "Run only these learners: mined, \"mined with detection\", random", AllowMultipleArgumentsPerToken = true };
        learners.AcceptOnlyFromAmong("mined", "mined with detection", "random");
        var shares = new Option<IReadOnlyList<double>>("--shares")
        {
            HelpName = "N,N,…",
            Description = "Shares of the records that the producer sends",
            DefaultValueFactory = _ => [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2],
            CustomParser = ParseShares,
        };
        var summary = SummaryFile.Option();
        var command = new Command("poisoning", "The effect of a producer that sends wrong labels on the model, on the reported metric and on label-noise detection")
        {
            task, set, examples, seeds, attacks, shares, learners, summary,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchLibrary.EnsureLoaded();
            using var signals = new StopSignals(context.Time);
            var host = CommandContext.OfProcess(signals) with { Out = context.Out, Error = context.Error, WorkingFolder = context.WorkingFolder };
            var request = new PoisoningRequest(
                parsed.GetValue(task), parsed.GetValue(set) ?? [], parsed.GetValue(examples), parsed.GetValue(seeds), parsed.GetValue(attacks)!, parsed.GetValue(shares)!, parsed.GetValue(learners) ?? []);
            var report = await DedicatedThread.RunAsync(() => new PoisoningBenchmark(request, host).Run(cancellation), cancellation);
            await SummaryFile.WriteAsync(context, parsed.GetValue(summary), report, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static List<double> ParseShares(ArgumentResult result)
    {
        var text = string.Join(' ', result.Tokens.Select(static t => t.Value));
        var shares = new List<double>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) || share is not (> 0 and < 1))
                result.AddError($"--shares must be numbers between 0 and 1, separated by commas, but is '{text}'.");
            shares.Add(share);
        }

        return shares;
    }
}
