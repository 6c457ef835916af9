using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HnmStreams.EndToEnd.Tests.Dashboard;

/// <summary>The system's Chromium, driven from here; Playwright brings no browser of its own.</summary>
internal sealed class Browser : IAsyncDisposable
{
    // For what hangs: a learner and its controls leave a small machine little for anything else, a browser's first start there takes long, and what is slow is not wrong.
    private const float Patience = 180_000;

    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly IPlaywright _driver;
    private readonly IBrowser _browser;

    private Browser(IPlaywright driver, IBrowser browser) => (_driver, _browser) = (driver, browser);

    /// <summary>Skips the test where there is none.</summary>
    public static async Task<Browser> StartAsync()
    {
        var path = Array.Find(Places, File.Exists);
        Assert.SkipWhen(path is null, "Needs Debian's package chromium");
        SetDefaultExpectTimeout(Patience);
        var driver = await Playwright.CreateAsync();
        return new Browser(driver, await driver.Chromium.LaunchAsync(new() { ExecutablePath = path, Timeout = Patience, Args = ["--no-sandbox", "--disable-gpu"] }));
    }

    /// <param name="asked">Takes every address that the page asks for.</param>
    public async Task<IPage> OpenAsync(Uri address, int width, int height, ColorScheme scheme, ICollection<string>? asked = null)
    {
        var context = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(Patience);
        page.Request += (_, request) => asked?.Add(request.Url);
        await page.GotoAsync(address.ToString());
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _driver.Dispose();
    }
}
