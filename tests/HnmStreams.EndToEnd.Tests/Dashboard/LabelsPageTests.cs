using System.Net.Http.Json;
using System.Text.Json;
using HnmStreams.EndToEnd.Tests.Processes;
using HnmStreams.Testing;
using HnmStreams.Testing.Brokers;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HnmStreams.EndToEnd.Tests.Dashboard;

/// <summary>The page of a stream whose labels come later, in a real browser. If HNM_SCREENSHOTS is set, the test saves screenshots in that folder.</summary>
public sealed class LabelsPageTests(RealBroker broker) : IClassFixture<RealBroker>
{
    private const string Token = "a-token-for-the-page";
    private const int Payments = 6_000;

    [Fact(Timeout = 600_000)]
    public async Task A_fraud_team_reads_how_good_the_predictions_were_and_answers_a_request()
    {
        await using var browser = await Browser.StartAsync();
        var bootstrap = await broker.BootstrapOrSkipAsync();
        var topic = await broker.CreateTopicAsync(partitions: 1);
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["fraud.json"], DelayedPayments.Settings, TestContext.Current.CancellationToken);
        await using var hnm = HnmProcess.Start(
            "run", "--config", folder["fraud.json"], "--set", $"kafka.bootstrapServers={bootstrap}", "--set", $"kafka.topic={topic}", "--set", $"kafka.groupId={topic}", "--set", "http.urls=http://127.0.0.1:0",
            "--set", $"http.token={Token}", "--set", "models.folder=null", "--checkpoints", folder["state"]);
        using var http = await hnm.HttpAsync();
        await DelayedPayments.SendAsync(bootstrap, topic, Payments, TimeProvider.System.GetUtcNow(), sent => UntilAsync(http, "/api/status", s =>
        {
            if (s.GetProperty("learner") is not { ValueKind: JsonValueKind.Object } learner)
                return false;
            var ranking = learner.GetProperty("ranking");
            var learned = Number(ranking.GetProperty("labels"), "joined") + Number(ranking.GetProperty("labels"), "presumed");
            // All steps that these examples allow, but for the first ones.
            return Number(ranking.GetProperty("stream"), "predicted") >= sent && Number(learner.GetProperty("training"), "steps") + Number(ranking, "skippedSteps") >= (learned / DelayedPayments.ExamplesPerStep) - 50;
        }));
        await UntilAsync(http, "/api/label-requests", r => r.GetProperty("items").GetArrayLength() == 60);

        var page = await browser.OpenAsync(http.BaseAddress!, 1400, 1000, ColorScheme.Light);
        await InteractiveAsync(page);
        await Expect(page.Locator("#labels-sentence")).ToContainTextAsync("were learned as not fraud");
        await Expect(page.Locator("#predicted")).ToContainTextAsync("6,000");
        await Expect(page.Locator("#served tbody tr").First).ToBeVisibleAsync();
        await Expect(page.Locator("#requests-sentence")).ToContainTextAsync("60 examples wait for an answer");
        await Accessibility.AssertAsync(page);
        await SaveScreenshotsAsync(browser, http.BaseAddress!);

        var row = page.Locator("#open-requests tbody tr").First;
        var id = await row.GetAttributeAsync("data-id");
        await page.Locator("input[name=requests-token]").FillAsync(Token);
        await row.GetByRole(AriaRole.Button, new() { Name = $"{id} is fraud", Exact = true }).ClickAsync();
        await Expect(page.Locator("#answer-result")).ToContainTextAsync($"{id} is labeled 'fraud'.");
        await Expect(page.Locator($"#open-requests tr[data-id='{id}']")).ToHaveCountAsync(0);
        // The label is a record of the topic, which the learner reads.
        await UntilAsync(http, "/api/label-requests?top=1000", r => r.GetProperty("counts").GetProperty("answered").GetInt32() >= 1 && r.GetProperty("items").EnumerateArray().All(i => i.GetProperty("id").GetString() != id));

        var phone = await browser.OpenAsync(http.BaseAddress!, 390, 900, ColorScheme.Dark);
        await Expect(phone.Locator("#labels-sentence")).ToBeVisibleAsync();
        Assert.Equal(390, await phone.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    // The prerendered page takes no input, and its elements are replaced. It is interactive once it is updated.
    private static async Task InteractiveAsync(IPage page)
    {
        var elapsed = await page.Locator("#elapsed").TextContentAsync();
        await Expect(page.Locator("#elapsed")).Not.ToHaveTextAsync(elapsed!);
    }

    private static async Task SaveScreenshotsAsync(Browser browser, Uri address)
    {
        if (Environment.GetEnvironmentVariable("HNM_SCREENSHOTS") is not { Length: > 0 } folder)
            return;
        Directory.CreateDirectory(folder);
        foreach (var (name, width, scheme) in new[] { ("labels-light", 1400, ColorScheme.Light), ("labels-dark", 1400, ColorScheme.Dark), ("labels-phone", 390, ColorScheme.Light), ("labels-phone-dark", 390, ColorScheme.Dark), ("labels-wide", 2560, ColorScheme.Dark) })
        {
            var page = await browser.OpenAsync(address, width, 1000, scheme);
            await InteractiveAsync(page);
            foreach (var section in (string[])["labels", "label-requests"])
            {
                var picture = await page.Locator($"section[aria-labelledby={section}]").ScreenshotAsync();
                await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}-{section}.png"), PalettePng.Of(picture), TestContext.Current.CancellationToken);
            }

            await page.CloseAsync();
        }
    }

    private static int Number(JsonElement from, string name) => from.GetProperty(name).GetInt32();

    private static async Task UntilAsync(HttpClient http, string path, Func<JsonElement, bool> reached)
    {
        while (true)
        {
            using var response = await http.GetAsync(path, TestContext.Current.CancellationToken);
            if (response.IsSuccessStatusCode && reached(await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)))
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
