using HnmStreams.Web.Monitoring;
using Spectre.Console;

namespace HnmStreams.Host.Terminal;

/// <summary>The kinds of progress display.</summary>
internal enum DisplayKind
{
    None,
    Plain,
    Live,
}

/// <summary>The progress display of a run. It shows the run until it is canceled, and then once more.</summary>
internal sealed class ProgressDisplay(
    DisplayKind kind, LearnerView view, IAnsiConsole terminal, TextWriter output, RecentLog log, Uri? address, TimeSpan reportEvery, TimeProvider time)
{
    private static readonly TimeSpan FrameInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Returns the kind that the settings request and the terminal supports.</summary>
    public static DisplayKind Choose(string requested, IAnsiConsole terminal)
    {
        var supportsLive = terminal.Profile.Out.IsTerminal && terminal.Profile.Capabilities.Ansi;
        return requested switch
        {
            "none" => DisplayKind.None,
            "plain" => DisplayKind.Plain,
            "live" => DisplayKind.Live,
            _ => supportsLive ? DisplayKind.Live : DisplayKind.Plain,
        };
    }

    public Task RunAsync(CancellationToken ended) => kind switch
    {
        DisplayKind.Live => RunLiveAsync(ended),
        DisplayKind.Plain => EveryAsync(reportEvery, () => output.WriteLine(PlainLine.Of(view.Snapshot())), ended),
        _ => Task.CompletedTask,
    };

    private Task RunLiveAsync(CancellationToken ended)
    {
        var table = new LiveTable(address, terminal.Profile.Width);
        return terminal.Live(table.Render(view.Snapshot(), [])).StartAsync(context =>
            EveryAsync(FrameInterval, () => context.UpdateTarget(table.Render(view.Snapshot(), log.Lines)), ended));
    }

    private async Task EveryAsync(TimeSpan interval, Action show, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
                show();
        }
        catch (OperationCanceledException)
        {
            show();
        }
    }
}
