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
            .Add("--init", "FILE", "Weights to begin with (safetensors); without them some steps on random negatives come first", "run.init")
            .Add("--rounds", "N", "Times that all negatives are ranked and then trained on", "mine.rounds")
            .Add("--steps", "N", "Training steps of a round; 0 only mines (default: so many that what was mined is trained on once)", "mine.steps")
            .Add("--range-min", "N", "So many of the hardest are passed over", "mine.rangeMin")
            .Add("--range-max", "N", "The rank at which the band ends", "mine.rangeMax")
            .Add("--max-score", "X", "What scores above is set aside as a suspected positive", "mine.maxScore")
            .Add("--min-score", "X", "What scores below is left out", "mine.minScore")
            .Add("--absolute-margin", "X", "A negative scores at least so much less than the positive", "mine.absoluteMargin")
            .Add("--relative-margin", "X", "A negative scores at least this share of the positive's score less than it (0.05 where the task embeds and no other bound is given)", "mine.relativeMargin")
            .Add("--negatives", "N", "Negatives of an anchor", "mine.negatives")
            .Add("--positives", "N", "Positives of an anchor", "mine.positives")
            .Add("--hard-set", "N", "Hard examples in all, where the task does not embed", "mine.hardSet")
            .Add("--sampling", "WHICH", "Of the band: random or top", "mine.sampling")
            .Add("--checker", "FILE", "Weights of a second model, which has to find a negative too unlike the positive as well", "mine.checker")
            .Add("--folder", "DIR", "Where the state is kept between rounds, and gone on from", "mine.folder")
            .AddFlag("--fresh", "Begin anew, whatever state there is", "mine.fresh")
            .Add("--seed", "N", "Seed of the model and the draws", "pipeline.seed", "data.seed");
        var output = new Option<string?>("--output") { HelpName = "FILE", Description = "Write what the last round mined: .parquet, or .jsonl for JSON lines" };
        var topic = new Option<string?>("--to-topic") { HelpName = "TOPIC", Description = "Send what the last round mined to this topic of kafka.bootstrapServers, as JSON" };
        var form = new Option<string>("--form") { HelpName = "FORM", Description = $"Of what is written: {string.Join(", ", NegativeFormats.ByName.Keys)}", DefaultValueFactory = _ => NegativeFormats.Triplet };
        form.AcceptOnlyFromAmong([.. NegativeFormats.ByName.Keys]);
        var from = new Option<string?>("--from-topic") { HelpName = "WHERE", Description = "Mine what kafka.topic has from there on (earliest, an offset, or a time) instead of a data set" };
        var to = new Option<string?>("--to") { HelpName = "WHERE", Description = "With --from-topic: up to there (an offset or a time); its present end if not given" };
        var summary = new Option<string?>("--summary") { HelpName = "FILE", Description = "Write the rounds' reports as JSON" };
        var command = new Command(
            "mine",
            "Offline mining: rank all negatives of a data set or of a topic's range, keep a band of the hardest behind the positive-aware filters, "
            + "train on it, and again. Stopped, the same command goes on after the last whole round.")
        {
            output, topic, form, from, to, summary,
        };
        options.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            TorchLibrary.EnsureLoaded();
            var request = new MineRequest(
                Place(parsed.GetValue(output)), NegativeFormats.ByName[parsed.GetValue(form)!], parsed.GetValue(topic), parsed.GetValue(from), parsed.GetValue(to), Place(parsed.GetValue(summary)));
            var settings = context.Settings.Load(options.Read(parsed)).Options;
            return await new MineExecution(context, settings, request).ExecuteAsync();
        });
        return command;

        string? Place(string? path) => path is null ? null : Path.GetFullPath(path, context.WorkingFolder);
    }
}
