using System.CommandLine;
using HnmStreams.Configuration;
using HnmStreams.Host.Application;
using HnmStreams.Host.Mlflow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Torch.Export;
using HnmStreams.Torch.Native;

namespace HnmStreams.Host.Commands.Export;

/// <summary><c>hnm export</c>.</summary>
internal static class ExportCommand
{
    public static Command Create(CommandContext context)
    {
        var settings = new SettingOptions();
        var model = new Argument<string>("MODEL") { Description = "A model.safetensors, or the folder of a saved version or of a checkpoint that contains one" };
        var format = new Option<string>("--format") { HelpName = "FORMAT", Description = $"The format: {string.Join(", ", ModelExport.Formats)}", DefaultValueFactory = _ => ModelExport.Onnx };
        format.AcceptOnlyFromAmong([.. ModelExport.Formats]);
        var output = new Option<string?>("--output") { HelpName = "FILE", Description = "The file to write (default: beside the weights, with the format's extension)" };
        var command = new Command("export", "Write a saved model for other programs: ONNX for built-in networks, TorchScript for a model that came as TorchScript, safetensors for all. --mlflow also registers it in an MLflow registry. --config names the settings of its task.") { model, format, output };
        var push = new MlflowOptions();
        push.AddTo(command);
        settings.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var registry = push.Read(parsed, context);
            TorchLibrary.EnsureLoaded();
            var weights = WeightsOf(Path.GetFullPath(parsed.GetValue(model)!, context.WorkingFolder));
            var kind = parsed.GetValue(format)!;
            var path = parsed.GetValue(output) is { } named ? Path.GetFullPath(named, context.WorkingFolder) : Path.ChangeExtension(weights, ModelExport.Extension(kind));
            if (string.Equals(path, weights, StringComparison.Ordinal))
                throw new SettingsException($"'--output' must differ from the model but both are '{path}'.");
            var task = ConfiguredTask.Create(context.Settings.Load(settings.Read(parsed)).Options.Task);
            SavedModelExport.Write(task, weights, kind, path);
            context.Out.WriteLine(path);
            if (registry is not null)
            {
                var (version, run) = await registry.PushAsync(new ExportedModel(task.Name, task.PrimaryMetric, SavedModelExport.CardOf(weights), path, kind), context.Time, cancellation);
                context.Out.WriteLine($"{registry.Name} version {version} at {registry.Address} (run {run})");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static string WeightsOf(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, "model.safetensors") : path;
        return File.Exists(file) ? file : throw new SettingsException($"'MODEL' must be a model.safetensors or a folder that contains one but is '{path}'.");
    }
}
