using System.CommandLine;
using HnmStreams.Host.Application;
using HnmStreams.Host.Mine;
using HnmStreams.Torch.Native;

namespace HnmStreams.Host.Commands;

/// <summary><c>hnm mine</c>.</summary>
internal static class MineCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new SettingOptions()
            .Add("--data", "PATH", "The data set: its path, or its path below HNM_DATA", "data.path")
            .Add("--init", "FILE", "Initial weights (safetensors); without them, training starts with some steps on random negatives", "run.init")
            .Add("--rounds", "N", "Number of rounds; each ranks all negatives and then trains", "mine.rounds")
            .Add("--steps", "N", "Training steps per round; 0 only mines (default: one pass over the mined negatives)", "mine.steps")
            .Add("--range-min", "N", "Number of hardest candidates to skip", "mine.rangeMin")
            .Add("--range-max", "N", "Rank of the last candidate to consider", "mine.rangeMax")
            .Add("--max-score", "X", "Maximum score; candidates above it are suspected positives and are skipped", "mine.maxScore")
            .Add("--min-score", "X", "Minimum score", "mine.minScore")
            .Add("--absolute-margin", "X", "Minimum difference between the positive's score and a negative's score", "mine.absoluteMargin")
            .Add("--relative-margin", "X", "A negative scores at most (1 - X) times the positive's score (default 0.05 for embedding tasks without another bound)", "mine.relativeMargin")
            .Add("--negatives", "N", "Negatives per anchor", "mine.negatives")
            .Add("--positives", "N", "Positives per anchor", "mine.positives")
            .Add("--hard-set", "N", "Total number of hard examples, for tasks that do not embed", "mine.hardSet")
            .Add("--sampling", "MODE", "Selection from the range: random or top", "mine.sampling")
            .Add("--checker", "FILE", "Weights of a second model, which must also find the negative sufficiently different from the positive", "mine.checker")
            .Add("--folder", "DIR", "Folder of the state between rounds, from which an interrupted command resumes", "mine.folder")
            .AddFlag("--fresh", "Ignore existing state and start over", "mine.fresh")
            .Add("--seed", "N", "Seed of the model and the sampling", "pipeline.seed", "data.seed");
        var output = new Option<string?>("--output") { HelpName = "FILE", Description = "Write the negatives of the last round as .parquet or .jsonl" };
        var topic = new Option<string?>("--to-topic") { HelpName = "TOPIC", Description = "Send the negatives of the last round to this topic of kafka.bootstrapServers, as JSON" };
        var form = new Option<string>("--form") { HelpName = "FORM", Description = $"Output format: {string.Join(", ", NegativeFormats.ByName.Keys)}", DefaultValueFactory = _ => NegativeFormats.Triplet };
        form.AcceptOnlyFromAmong([.. NegativeFormats.ByName.Keys]);
        var from = new Option<string?>("--from-topic") { HelpName = "POSITION", Description = "Mine the records of kafka.topic from this position (earliest, an offset, or a time) instead of a data set; the newest record of an id counts, and a tombstone deletes it" };
        var to = new Option<string?>("--to") { HelpName = "POSITION", Description = "With --from-topic: mine up to this position (an offset or a time; default: the current end)" };
        var summary = new Option<string?>("--summary") { HelpName = "FILE", Description = "Write the reports of all rounds as JSON" };
        var command = new Command(
            "mine",
            "Offline mining: rank all negatives of a data set or of a topic's range, select hard negatives with positive-aware filters, "
            + "train on them, and repeat. If it is stopped, the same command resumes after the last complete round.")
        {
            output, topic, form, from, to, summary,
        };
        options.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            TorchLibrary.EnsureLoaded();
            var request = new MineRequest(
                Absolute(parsed.GetValue(output)), NegativeFormats.ByName[parsed.GetValue(form)!], parsed.GetValue(topic), parsed.GetValue(from), parsed.GetValue(to), Absolute(parsed.GetValue(summary)));
            var settings = context.Settings.Load(options.Read(parsed)).Options;
            return await new MineExecution(context, settings, request).ExecuteAsync();
        });
        return command;

        string? Absolute(string? path) => path is null ? null : Path.GetFullPath(path, context.WorkingFolder);
    }
}
