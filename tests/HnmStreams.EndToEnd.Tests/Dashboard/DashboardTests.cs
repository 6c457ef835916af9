using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using HnmStreams.EndToEnd.Tests.Processes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HnmStreams.EndToEnd.Tests.Dashboard;

/// <summary>The page of a real learner in a real browser. If HNM_SCREENSHOTS is set, the test saves screenshots in that folder.</summary>
public sealed partial class DashboardTests
{
    private const string FocusIsInDialog = "() => document.querySelector('.rz-dialog')?.contains(document.activeElement) === true";
    private const string Token = "a-token-for-the-page";

    [Fact(Timeout = 600_000)]
    public async Task The_page_shows_the_values_of_the_API()
    {
        await using var browser = await Browser.StartAsync();
        await using var hnm = HnmProcess.Start(
            "run", "--set", "http.urls=http://127.0.0.1:0", "--set", $"http.token={Token}", "--set", "models.folder=null", "--set", "run.reportEvery=1s", "--baselines");
        using var http = new HttpClient { BaseAddress = new Uri(Address().Match(await hnm.LineAsync("http    ")).Value) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        await hnm.LineAsync("steps 1");
        await UntilAsync(http, "/api/status", status => status.GetProperty("learner").GetProperty("baselines").ValueKind is JsonValueKind.Object);
        await UntilAsync(http, "/api/models", models => models.GetProperty("promoted").ValueKind is JsonValueKind.Object);

        var requested = new List<string>();
        var page = await browser.OpenAsync(http.BaseAddress, 1400, 1000, ColorScheme.Light, requested);
        await SaveScreenshotsAsync(browser, http);
        using (await http.PostAsync("/api/pause", null, TestContext.Current.CancellationToken))
            await Expect(page.Locator("#phase")).ToHaveTextAsync("paused");
        // Records in flight arrive shortly after the pause. After that the page and the API must agree.
        while (await DifferenceAsync(page, http) is { } difference)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(difference);
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        var hardest = (await GetAsync(http, "/api/hard-negatives?top=1")).GetProperty("items")[0].GetProperty("id").GetString()!;
        await Accessibility.AssertAsync(page);
        await OpenExplanationByKeyboardAsync(page, http, hardest);
        await Accessibility.AssertAsync(page);
        Assert.NotEmpty(requested);
        Assert.All(requested, address => Assert.StartsWith(http.BaseAddress.ToString(), address.Replace("ws://", "http://", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    [Theory(Timeout = 600_000)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    [InlineData(2560, ColorScheme.Dark)]
    public async Task The_page_is_readable_on_a_phone_and_a_large_screen_before_there_is_a_learner(int width, ColorScheme scheme)
    {
        await using var browser = await Browser.StartAsync();
        // There is no broker at this address, so the learner never starts.
        await using var hnm = HnmProcess.Start("run", "--set", "http.urls=http://127.0.0.1:0", "--set", "kafka.bootstrapServers=127.0.0.1:1", "--set", "kafka.topic=t", "--set", "checkpoints.folder=null");
        var address = new Uri(Address().Match(await hnm.LineAsync("http    ")).Value);
        var page = await browser.OpenAsync(address, width, 900, scheme).WaitAsync(TestContext.Current.CancellationToken);
        await Expect(page.Locator("#phase")).ToHaveTextAsync("starting");
        await Expect(page.Locator("main")).ToContainTextAsync("The pool is empty");
        Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.InRange(await ContrastAsync(page, ".empty", ".page > section.verdict"), 4.5, 21);
    }

    [Fact(Timeout = 600_000)]
    public async Task The_page_reconnects_after_a_restart_with_a_readable_dialog_in_between()
    {
        await using var browser = await Browser.StartAsync();
        string[] settings = ["--set", "kafka.bootstrapServers=127.0.0.1:1", "--set", "kafka.topic=t", "--set", "checkpoints.folder=null"];
        IPage page;
        Uri address;
        await using (var first = HnmProcess.Start(["run", "--set", "http.urls=http://127.0.0.1:0", .. settings]))
        {
            address = new Uri(Address().Match(await first.LineAsync("http    ")).Value);
            page = await browser.OpenAsync(address, 1280, 900, ColorScheme.Dark).WaitAsync(TestContext.Current.CancellationToken);
            await Expect(page.Locator("#phase")).ToHaveTextAsync("starting");
            // The connection of the circuit exists once the page is updated.
            var elapsed = await page.Locator("#elapsed").TextContentAsync();
            await Expect(page.Locator("#elapsed")).Not.ToHaveTextAsync(elapsed!);
        }

        var dialog = page.Locator("#components-reconnect-modal");
        await Expect(dialog).ToBeVisibleAsync();
        Assert.InRange(await ContrastAsync(page, "#components-reconnect-modal p", "#components-reconnect-modal"), 4.5, 21);
        await using var second = HnmProcess.Start(["run", "--set", $"http.urls={address.GetLeftPart(UriPartial.Authority)}", .. settings]);
        await second.LineAsync("http    ");
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(page.Locator("#phase")).ToHaveTextAsync("starting");
    }

    /// <summary>Returns the contrast of text and background according to WCAG 2.2 (1.4.3), which requires at least 4.5 to 1.</summary>
    private static Task<double> ContrastAsync(IPage page, string text, string background) =>
        page.EvaluateAsync<double>(
            """
            selectors => {
                const light = css => { const c = css.match(/[0-9.]+/g).map(Number).slice(0, 3).map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 }); return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2] }
                const text = light(getComputedStyle(document.querySelector(selectors[0])).color)
                const ground = light(getComputedStyle(document.querySelector(selectors[1])).backgroundColor)
                return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05)
            }
            """,
            new[] { text, background });

    private static async Task OpenExplanationByKeyboardAsync(IPage page, HttpClient http, string id)
    {
        var why = await GetAsync(http, $"/api/candidates/{id}/why");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Why is {id} hard?" }).PressAsync("Enter");
        var dialog = page.Locator("#why");
        await AssertDialogKeepsFocusAsync(page);
        await Expect(dialog).ToContainTextAsync(why.GetProperty("summary").GetString()!);
        await Expect(dialog.Locator(".near .card")).ToHaveCountAsync(why.GetProperty("nearestPositives").GetArrayLength() + why.GetProperty("nearestNegatives").GetArrayLength());
        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        await page.GotoAsync(new Uri(http.BaseAddress!, $"/?candidate={Uri.EscapeDataString(id)}").ToString());
        await Expect(page.Locator("#why")).ToContainTextAsync(why.GetProperty("candidate").GetProperty("label").GetString()!);
    }

    /// <summary>Presses Tab more often than the dialog has stops, in both directions.</summary>
    private static async Task AssertDialogKeepsFocusAsync(IPage page)
    {
        await Expect(page.Locator(".rz-dialog")).ToBeVisibleAsync();
        await page.WaitForFunctionAsync(FocusIsInDialog);
        foreach (var key in (string[])["Tab", "Tab", "Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab"])
        {
            await page.Keyboard.PressAsync(key);
            Assert.True(await page.EvaluateAsync<bool>(FocusIsInDialog), key);
        }
    }

    private static async Task SaveScreenshotsAsync(Browser browser, HttpClient http)
    {
        if (Environment.GetEnvironmentVariable("HNM_SCREENSHOTS") is not { Length: > 0 } folder)
            return;
        // Wait until the charts have content and the verdict has a conclusion, which a slow machine may not reach.
        await UntilAsync(http, "/api/status", status => status.GetProperty("seconds").GetDouble() > 240
            || (status.GetProperty("seconds").GetDouble() > 90 && status.GetProperty("verdict").GetProperty("kind").GetString() == "miningPays"));
        foreach (var (name, width, height, scheme) in new[] { ("desktop-dark", 1280, 1250, ColorScheme.Dark), ("wall-dark", 2560, 1440, ColorScheme.Dark), ("phone-light", 390, 844, ColorScheme.Light) })
        {
            var page = await browser.OpenAsync(http.BaseAddress!, width, height, scheme);
            await Expect(page.Locator("#metric-chart svg").First).ToBeVisibleAsync();
            await Expect(page.Locator("section[aria-labelledby=hardest] img")).ToHaveCountAsync(12);
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}.png"), PalettePng.Of(await page.ScreenshotAsync()), TestContext.Current.CancellationToken);
            await page.Context.CloseAsync();
        }
    }

    /// <summary>Returns the first difference between the page and the API; null if none exists.</summary>
    private static async Task<string?> DifferenceAsync(IPage page, HttpClient http)
    {
        var learner = (await GetAsync(http, "/api/status")).GetProperty("learner");
        var evaluation = learner.GetProperty("evaluation");
        var uplift = learner.GetProperty("baselines").GetProperty("againstRandom");
        var hardest = (await GetAsync(http, "/api/hard-negatives?top=12")).GetProperty("items").EnumerateArray().Select(h => h.GetProperty("id").GetString()!);
        foreach (var (selector, attribute, expected) in new[]
        {
            ("#steps", "data-value", learner.GetProperty("training").GetProperty("steps").GetRawText()),
            ("#version", "data-value", learner.GetProperty("training").GetProperty("modelVersion").GetRawText()),
            ("#loss", "data-value", learner.GetProperty("training").GetProperty("loss").GetRawText()),
            ("#pool", "data-value", learner.GetProperty("ranking").GetProperty("pool").GetProperty("count").GetRawText()),
            ("#held-out", "data-value", evaluation.GetProperty("heldOut").GetProperty("averagePrecision").GetRawText()),
            ("#prequential", "data-value", evaluation.GetProperty("prequential").GetProperty("averagePrecision").GetRawText()),
            ("#dead-letter-count", "data-value", learner.GetProperty("ranking").GetProperty("stream").GetProperty("deadLettered").GetRawText()),
            ("#uplift", "data-low", uplift.ValueKind is JsonValueKind.Null ? "null" : uplift.GetProperty("low").GetRawText()),
            ("#verdict", "data-kind", (await GetAsync(http, "/api/status")).GetProperty("verdict").GetProperty("kind").GetString()!),
            ("#promoted-model", "data-value", (await GetAsync(http, "/api/models")).GetProperty("promoted").GetProperty("version").GetRawText()),
            // Null while the pool is not full, as on a slow machine.
            ("#threshold", "data-value", (await GetAsync(http, "/api/pool/histogram")).GetProperty("threshold").GetRawText()),
            ("section[aria-labelledby=batches] tbody tr", "data-step", (await GetAsync(http, "/api/batches")).GetProperty("items")[0].GetProperty("step").GetRawText()),
            ("section[aria-labelledby=hardest] .card", "data-id", string.Join(' ', hardest)),
        })
        {
            var found = page.Locator(selector);
            var shown = attribute is "data-id"
                ? string.Join(' ', await found.EvaluateAllAsync<string[]>("cards => cards.map(c => c.dataset.id)"))
                : await found.First.GetAttributeAsync(attribute) ?? "";
            if (!string.Equals(shown, expected, StringComparison.Ordinal))
                return $"{selector} shows '{shown}' but the API has '{expected}'";
        }

        return null;
    }

    private static async Task<JsonElement> UntilAsync(HttpClient http, string address, Func<JsonElement, bool> holds)
    {
        while (true)
        {
            var answer = await GetAsync(http, address);
            if (holds(answer))
                return answer;
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static Task<JsonElement> GetAsync(HttpClient http, string address) => http.GetFromJsonAsync<JsonElement>(address, TestContext.Current.CancellationToken);

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();
}
