using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;

namespace HnmStreams.Host.Tests;

/// <summary>A command context that captures the output.</summary>
internal sealed class TestContexts : IDisposable
{
    public TestContexts(string workingFolder, IReadOnlyDictionary<string, string>? environment = null, string? programFolder = null)
    {
        Signals = new StopSignals(SignalClock);
        Context = new CommandContext(
            Out, Error, NoTerminal(Out), environment ?? new Dictionary<string, string>(StringComparer.Ordinal), workingFolder, programFolder ?? workingFolder, Signals, TimeProvider.System);
    }

    public CommandContext Context { get; }

    /// <summary>The clock that separates signals.</summary>
    public FakeTimeProvider SignalClock { get; } = new();

    public StopSignals Signals { get; }

    public StringWriter Out { get; } = new();

    public StringWriter Error { get; } = new();

    public static IAnsiConsole NoTerminal(TextWriter output) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.No,
        Interactive = InteractionSupport.No,
        Out = new AnsiConsoleOutput(output),
    });

    public Task<int> InvokeAsync(params string[] args) => HnmCommand.InvokeAsync(args, Context);

    public void Dispose() => Signals.Dispose();
}
