using System.CommandLine;
using HnmStreams.Configuration;

namespace HnmStreams.Host.Commands;

/// <summary><c>hnm config</c>.</summary>
internal static class ConfigCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new SettingOptions();
        var command = new Command("config", "Show every setting in effect and where it came from, secrets hidden.");
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            foreach (var line in SettingsView.Lines(context.Settings.Load(options.Read(parsed))))
                context.Out.WriteLine(line);
            return ExitCodes.Ok;
        });
        return command;
    }
}
