using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HnmStreams.EndToEnd.Tests.Dashboard;

/// <summary>The system's Chromium, controlled by Playwright. No browser is downloaded.</summary>
internal sealed class Browser : IAsyncDisposable
{
    // In milliseconds. Detects hangs only. A browser is slow on a small machine that also runs a learner and its baselines.
    private const float OperationTimeout = 180_000;

    private static readonly string[] ExecutablePaths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly IPlaywright _driver;
    private readonly IBrowser _browser;

    private Browser(IPlaywright driver, IBrowser browser) => (_driver, _browser) = (driver, browser);

    /// <summary>Starts the browser. Skips the test if none exists.</summary>
    public static async Task<Browser> StartAsync()
    {
        var path = Array.Find(ExecutablePaths, File.Exists);
        Assert.SkipWhen(path is null, "Chromium is not installed (Debian package chromium).");
        SetDefaultExpectTimeout(OperationTimeout);
        var driver = await Playwright.CreateAsync();
        return new Browser(driver, await driver.Chromium.LaunchAsync(new() { ExecutablePath = path, Timeout = OperationTimeout, Args = ["--no-sandbox", "--disable-gpu"] }));
    }

    /// <summary>Opens a page in a new context.</summary>
    /// <param name="requested">Receives the URL of every request of the page.</param>
    public async Task<IPage> OpenAsync(Uri address, int width, int height, ColorScheme scheme, ICollection<string>? requested = null)
    {
        var context = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(OperationTimeout);
        page.Request += (_, request) => requested?.Add(request.Url);
        await page.GotoAsync(address.ToString());
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _driver.Dispose();
    }
}
