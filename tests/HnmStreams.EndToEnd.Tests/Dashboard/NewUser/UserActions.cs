using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HnmStreams.EndToEnd.Tests.Dashboard.NewUser;

/// <summary>A visitor who opens the page for one task. Clicks, filled fields and selected options are counted; scrolling is not, because the browser scrolls to what the visitor looks for.</summary>
internal sealed class UserActions : IAsyncDisposable
{
    /// <summary>The maximum number of actions of a task.</summary>
    public const int MaxActions = 3;

    private const int Width = 1000;

    private readonly Browser _browser;
    private readonly long _openedAt;
    private readonly string _task;
    private int _actions;

    private UserActions(Browser browser, IPage page, string task, long openedAt) => (_browser, Page, _task, _openedAt) = (browser, page, task, openedAt);

    public IPage Page { get; }

    /// <summary>Starts a browser and opens the page, ready for input.</summary>
    public static async Task<UserActions> OpenAsync(string task, Uri address)
    {
        var browser = await Browser.StartAsync();
        var openedAt = TimeProvider.System.GetTimestamp();
        var page = await browser.OpenAsync(address, Width, 800, ColorScheme.Light);
        // The prerendered page takes no input. It is interactive once it is updated.
        var elapsed = await page.Locator("#elapsed").TextContentAsync();
        await Expect(page.Locator("#elapsed")).Not.ToHaveTextAsync(elapsed!);
        return new UserActions(browser, page, task, openedAt);
    }

    /// <summary>Clicks a link of the page's navigation.</summary>
    public Task GoToAsync(string section) => ClickAsync(Page.GetByRole(AriaRole.Navigation, new() { Name = "Sections" }).GetByRole(AriaRole.Link, new() { Name = section, Exact = true }));

    public async Task ClickAsync(ILocator target)
    {
        _actions++;
        await target.ClickAsync();
    }

    public async Task FillAsync(ILocator field, string text)
    {
        _actions++;
        await field.FillAsync(text);
    }

    public async Task SelectAsync(ILocator field, string option)
    {
        _actions++;
        await field.SelectOptionAsync(option);
    }

    /// <summary>Clicks a link and returns the downloaded file.</summary>
    public async Task<byte[]> DownloadAsync(ILocator link)
    {
        _actions++;
        var download = await Page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        return await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
    }

    /// <summary>Ends the task: prints its time and its actions, checks their number, and saves a picture of the view if HNM_SCREENSHOTS is set.</summary>
    public async Task EndAsync(ILocator view)
    {
        var milliseconds = TimeProvider.System.GetElapsedTime(_openedAt).TotalMilliseconds;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"task {_task}: {_actions} actions, {milliseconds:0} ms from the request of the page"));
        Assert.InRange(_actions, 0, MaxActions);
        if (Environment.GetEnvironmentVariable("HNM_SCREENSHOTS") is not { Length: > 0 } folder)
            return;
        // The navigation stays at the top and would cover a part of a high view.
        await Page.AddStyleTagAsync(new() { Content = "nav.sections { position: static !important }" });
        await Page.SetViewportSizeAsync(Width, 1800);
        await File.WriteAllBytesAsync(Path.Combine(folder, $"task-{_task}.png"), PalettePng.Of(await view.ScreenshotAsync()), TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _browser.DisposeAsync();
}
