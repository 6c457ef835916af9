using System.Net.Http.Json;
using System.Text.Json;
using HnmStreams.EndToEnd.Tests.Processes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HnmStreams.EndToEnd.Tests.Dashboard;

/// <summary>A person operates a real learner from the page.</summary>
public sealed class OperationTests
{
    private const string Token = "a-token-for-the-page";

    [Fact(Timeout = 600_000)]
    public async Task The_page_pauses_resumes_and_rolls_back_with_the_token()
    {
        await using var browser = await Browser.StartAsync();
        await using var hnm = HnmProcess.Start(
            "run", "--set", "http.urls=http://127.0.0.1:0", "--set", $"http.token={Token}", "--set", "models.folder=null", "--set", "pipeline.evaluation.interval=1s", "--set", "pipeline.publishing.promoteEvery=1s", "--set", "pipeline.publishing.keepVersions=100");
        using var http = await hnm.HttpAsync();
        while ((await GetAsync(http, "/api/status")).GetProperty("phase").GetString() != "learning" || (await GetAsync(http, "/api/models")).GetProperty("kept").GetArrayLength() < 2)
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);

        var page = await browser.OpenAsync(http.BaseAddress!, 1440, 900, ColorScheme.Light);
        await Expect(page.Locator("#pause")).ToBeDisabledAsync();
        // The prerendered page takes no input. It is interactive once it is updated.
        var elapsed = await page.Locator("#elapsed").TextContentAsync();
        await Expect(page.Locator("#elapsed")).Not.ToHaveTextAsync(elapsed!);
        await page.Locator("input[name=operate-token]").FillAsync("wrong");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("section[aria-labelledby=operate] [role=alert]")).ToHaveTextAsync("The token is wrong.");
        await page.Locator("input[name=operate-token]").FillAsync(Token);

        await page.Locator("#pause").ClickAsync();
        await Expect(page.Locator("#phase")).ToHaveTextAsync("paused");
        await Expect(page.Locator("section[aria-labelledby=events] tr[data-kind=paused]")).ToContainTextAsync("The intake of records is paused.");
        await Accessibility.AssertAsync(page);
        await page.Locator("#kept-versions").GetByRole(AriaRole.Button).Last.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Serve", Exact = true }).ClickAsync();
        await Expect(page.Locator("#model-result")).ToContainTextAsync("is served now");
        Assert.Equal(JsonValueKind.Number, (await GetAsync(http, "/api/models")).GetProperty("pinned").ValueKind);
        await page.Locator("#automatic").ClickAsync();
        await Expect(page.Locator("#model-result")).ToContainTextAsync("The gate chooses");
        Assert.Equal(JsonValueKind.Null, (await GetAsync(http, "/api/models")).GetProperty("pinned").ValueKind);

        await page.Locator("#resume").ClickAsync();
        await Expect(page.Locator("#phase")).ToHaveTextAsync("learning");

        await page.Locator("#settings-search").FillAsync("evaluation.interval");
        await Expect(page.Locator("tr[data-setting='pipeline.evaluation.interval']")).ToContainTextAsync("1s");
        await page.Locator("#gallery-more").ClickAsync();
        await Expect(page.Locator("#gallery-state")).ToContainTextAsync("13 to 24");
        foreach (var width in (int[])[390, 768, 2560])
        {
            await page.SetViewportSizeAsync(width, 900);
            Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }
    }

    private static Task<JsonElement> GetAsync(HttpClient http, string address) => http.GetFromJsonAsync<JsonElement>(address, TestContext.Current.CancellationToken);
}
