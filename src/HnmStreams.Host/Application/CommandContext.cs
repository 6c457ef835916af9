using System.Collections;
using HnmStreams.Configuration;
using HnmStreams.Host.Feeding;
using Spectre.Console;

namespace HnmStreams.Host.Application;

/// <summary>The parts of the process that a command uses.</summary>
/// <param name="WorkingFolder">The folder that relative paths start from.</param>
/// <param name="ProgramFolder">The folder of the executable, with a copy of <c>config/</c>.</param>
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

    /// <summary>Returns this context with another folder of data sets; null keeps <c>HNM_DATA</c>.</summary>
    public CommandContext WithData(string? folder) => folder is null
        ? this
        : this with { Environment = new Dictionary<string, string>(Environment, StringComparer.Ordinal) { ["HNM_DATA"] = folder } };

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
