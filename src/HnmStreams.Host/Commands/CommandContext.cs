using System.Collections;
using HnmStreams.Configuration;
using HnmStreams.Host.Feeding;
using Spectre.Console;

namespace HnmStreams.Host.Commands;

/// <summary>What a command has of the process around it.</summary>
/// <param name="WorkingFolder">Where relative paths start.</param>
/// <param name="ProgramFolder">Where the executable lies, with a copy of <c>config/</c>.</param>
internal sealed record CommandContext(
    TextWriter Out,
    TextWriter Error,
    IAnsiConsole Terminal,
    IReadOnlyDictionary<string, string> Environment,
    string WorkingFolder,
    string ProgramFolder,
    StopSignals Signals,
    TimeProvider Time)
{
    public SettingsLoader Settings => new(new ConfigFiles(WorkingFolder, ProgramFolder), Environment);

    public DataFolders DataFolders => new(WorkingFolder, Environment.GetValueOrDefault("HNM_DATA"));

    public static CommandContext OfProcess(StopSignals signals) => new(
        Console.Out,
        Console.Error,
        AnsiConsole.Console,
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal),
        Directory.GetCurrentDirectory(),
        AppContext.BaseDirectory,
        signals,
        TimeProvider.System);
}
