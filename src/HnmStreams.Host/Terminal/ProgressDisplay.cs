using HnmStreams.Web.Monitoring;
using Spectre.Console;

namespace HnmStreams.Host.Terminal;

/// <summary>How a run shows its progress.</summary>
internal enum DisplayKind
{
    None,
    Plain,
    Live,
}

/// <summary>Shows a run until it is told that the run is over, then once more.</summary>
internal sealed class ProgressDisplay(
    DisplayKind kind, LearnerView view, IAnsiConsole terminal, TextWriter output, RecentLog log, Uri? pages, TimeSpan reportEvery, TimeProvider time)
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(500);

    /// <summary>What the settings ask for, and what this terminal can do.</summary>
    public static DisplayKind Choose(string asked, IAnsiConsole terminal)
    {
        var capable = terminal.Profile.Out.IsTerminal && terminal.Profile.Capabilities.Ansi;
        return asked switch
        {
            "none" => DisplayKind.None,
            "plain" => DisplayKind.Plain,
            "live" => DisplayKind.Live,
            _ => capable ? DisplayKind.Live : DisplayKind.Plain,
        };
    }

    public Task RunAsync(CancellationToken over) => kind switch
    {
        DisplayKind.Live => RunLiveAsync(over),
        DisplayKind.Plain => EveryAsync(reportEvery, () => output.WriteLine(PlainLine.Of(view.Snapshot())), over),
        _ => Task.CompletedTask,
    };

    private Task RunLiveAsync(CancellationToken over)
    {
        var table = new LiveTable(pages);
        return terminal.Live(table.Render(view.Snapshot(), [])).StartAsync(context =>
            EveryAsync(Frame, () => context.UpdateTarget(table.Render(view.Snapshot(), log.Lines)), over));
    }

    private async Task EveryAsync(TimeSpan interval, Action show, CancellationToken over)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(over))
                show();
        }
        catch (OperationCanceledException)
        {
            show();
        }
    }
}
