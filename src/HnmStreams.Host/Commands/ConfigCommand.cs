using System.CommandLine;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Reference;
using HnmStreams.Host.Application;

namespace HnmStreams.Host.Commands;

/// <summary>The command <c>hnm config</c>: settings in effect, their descriptions, the reference and the JSON schema.</summary>
internal static class ConfigCommand
{
    public static Command Create(CommandContext context)
    {
        var settings = new SettingOptions();
        var key = new Argument<string?>("key") { Description = "A setting or a section to explain, for example pipeline.pool.", Arity = ArgumentArity.ZeroOrOne };
        var reference = new Option<bool>("--reference") { Description = "Print the reference of all settings as Markdown." };
        var schema = new Option<bool>("--schema") { Description = "Print the JSON schema of the settings files." };
        var command = new Command("config", "Show every setting in effect with its origin (secrets hidden), or explain one setting or section.") { key, reference, schema };
        settings.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(reference) || parsed.GetValue(schema))
            {
                context.Out.Write(parsed.GetValue(reference) ? SettingsReference.Markdown() : SettingsSchema.Json());
                return ExitCodes.Ok;
            }

            var loaded = context.Settings.Load(settings.Read(parsed));
            var lines = parsed.GetValue(key) is { } asked ? SettingsReference.Explain(asked, loaded) : [.. SettingsView.Lines(loaded)];
            if (lines.Count == 0)
                throw new SettingsException($"{parsed.GetValue(key)}: unknown setting; `hnm config` lists all settings");
            foreach (var line in lines)
                context.Out.WriteLine(line);
            return ExitCodes.Ok;
        });
        return command;
    }
}
