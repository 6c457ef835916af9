using System.CommandLine;
using HnmStreams.Host.Application;
using HnmStreams.Host.Labels;
using HnmStreams.Torch.Native;

namespace HnmStreams.Host.Commands.Labels;

/// <summary><c>hnm labels</c>.</summary>
internal static class LabelsCommand
{
    public static Command Create(CommandContext context) => new("labels", "Have people label the examples that the model doubts most, with Label Studio.") { Export(context), Import(context) };

    private static Command Export(CommandContext context)
    {
        var options = Options()
            .Add("--predictions-topic", "TOPIC", "The topic of predictions", "kafka.predictionsTopic")
            .Add("--requests-topic", "TOPIC", "The topic of label requests, instead of the predictions", "kafka.labelRequestsTopic");
        var file = new Argument<string>("FILE") { Description = "The JSON file to write, for Label Studio's import" };
        var count = new Option<int>("--count") { HelpName = "N", Description = "Maximum number of tasks", DefaultValueFactory = _ => 100 }.AtLeast(1);
        var command = new Command(
            "export",
            "Write the examples whose label the service requests, or, without a topic of requests, the unlabeled examples with the most uncertain or disputed predictions, as tasks.") { file, count };
        options.AddTo(command);
        command.SetAction((parsed, _) => Task.Run(() =>
        {
            TorchLibrary.EnsureLoaded();
            return new LabelExport(
                context, context.Settings.Load(options.Read(parsed)).Options, Path.GetFullPath(parsed.GetValue(file)!, context.WorkingFolder), parsed.GetValue(count)).Execute();
        }));
        return command;
    }

    private static Command Import(CommandContext context)
    {
        var options = Options();
        var file = new Argument<string>("FILE") { Description = "The JSON file that Label Studio exported" };
        var command = new Command("import", "Send the labels that people gave, as records with a target and no input (labels.mode later or mixed).") { file };
        options.AddTo(command);
        command.SetAction((parsed, _) => new LabelImport(
            context, context.Settings.Load(options.Read(parsed)).Options, Path.GetFullPath(parsed.GetValue(file)!, context.WorkingFolder)).ExecuteAsync());
        return command;
    }

    private static SettingOptions Options() => new SettingOptions()
        .Add("--topic", "TOPIC", "The topic of examples, and of labels without a separate topic", "kafka.topic")
        .Add("--labels-topic", "TOPIC", "The topic of labels", "kafka.labelsTopic")
        .Add("--bootstrap", "HOST:PORT", "The Kafka brokers", "kafka.bootstrapServers");
}
