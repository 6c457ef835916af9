using Microsoft.Playwright;

namespace HnmStreams.EndToEnd.Tests.Dashboard;

/// <summary>The system's Chromium, driven from here; Playwright brings no browser of its own.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly IPlaywright _driver;
    private readonly IBrowser _browser;

    private Browser(IPlaywright driver, IBrowser browser) => (_driver, _browser) = (driver, browser);

    /// <summary>Skips the test where there is none.</summary>
    public static async Task<Browser> StartAsync()
    {
        var path = Array.Find(Places, File.Exists);
        Assert.SkipWhen(path is null, "Needs Debian's package chromium");
        var driver = await Playwright.CreateAsync();
        return new Browser(driver, await driver.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = ["--no-sandbox", "--disable-gpu"] }));
    }

    /// <param name="asked">Takes every address that the page asks for.</param>
    public async Task<IPage> OpenAsync(Uri address, int width, int height, ColorScheme scheme, ICollection<string>? asked = null)
    {
        var context = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        var page = await context.NewPageAsync();
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
