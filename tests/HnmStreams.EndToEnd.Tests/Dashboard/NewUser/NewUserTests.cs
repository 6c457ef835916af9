using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HnmStreams.EndToEnd.Tests.Dashboard.NewUser;

/// <summary>The tasks of a new user on the page of a real learner, each with at most three actions.</summary>
public sealed class NewUserTests(DemonstrationService service) : IClassFixture<DemonstrationService>
{
    private const int Timeout = 600_000;

    // The tab is escaped.
    private const string ShownKey = "order\\u000917";

    [Fact(Timeout = Timeout)]
    public async Task Finds_the_verdict()
    {
        await using var user = await OpenAsync("verdict");
        var verdict = user.Page.Locator("#verdict");
        await Expect(verdict.Locator("#verdict-sentence")).ToContainTextAsync("AP");
        await Expect(verdict.Locator("#base-rate")).ToContainTextAsync("%");
        await user.EndAsync(verdict);
    }

    [Fact(Timeout = Timeout)]
    public async Task Finds_the_hardest_example_and_the_reason()
    {
        // A candidate that the learner has learned leaves the pool. On a slow machine that is sooner than the answer to the click.
        await service.PauseAsync(TestContext.Current.CancellationToken);
        try
        {
            await using var user = await OpenAsync("hardest");
            // The gallery stops while the pointer is over it, which a person sees before the click.
            var gallery = Section(user, "hardest").Locator(".gallery");
            await gallery.HoverAsync();
            await Expect(gallery).ToHaveAttributeAsync("data-frozen", "true");
            await user.ClickAsync(gallery.GetByRole(AriaRole.Button, new() { Name = "Why is" }).First);
            var why = user.Page.Locator("#why");
            await Expect(why).ToContainTextAsync("hardness");
            await Expect(why.Locator(".near .picture").First).ToBeVisibleAsync();
            await user.EndAsync(user.Page.Locator(".rz-dialog"));
        }
        finally
        {
            await service.ResumeAsync(CancellationToken.None);
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task Finds_a_wrong_label_and_rejects_it()
    {
        await using var user = await OpenAsync("label");
        var section = Section(user, "quarantine");
        await user.GoToAsync("Label errors");
        var suspect = await section.Locator("#suspect").GetAttributeAsync("data-id");
        await user.FillAsync(section.Locator("input[name=quarantine-token]"), DemonstrationService.Token);
        await Expect(section.Locator("#proposal")).Not.ToContainTextAsync("Asking");
        await user.ClickAsync(section.GetByRole(AriaRole.Button, new() { Name = "Label is wrong" }));
        await Expect(section.Locator("#decision")).ToContainTextAsync($"{suspect}: the label");
        await Expect(section.Locator("#proposal")).Not.ToContainTextAsync("Asking");
        await user.EndAsync(section);
        Assert.DoesNotContain((await GetAsync("/api/quarantine")).GetProperty("items").EnumerateArray(), item => item.GetProperty("id").GetString() == suspect);
    }

    [Fact(Timeout = Timeout)]
    public async Task Finds_the_journey_of_a_record()
    {
        await using var user = await OpenAsync("journey");
        var section = Section(user, "journeys");
        await user.GoToAsync("Journeys");
        await user.SelectAsync(section.Locator("#journey-outcome"), "trained");
        // The list changes once the service has filtered it.
        await Expect(section.Locator("#journey-list tbody td:nth-child(7)").GetByText("0", new() { Exact = true })).ToHaveCountAsync(0);
        await user.ClickAsync(section.Locator("#journey-list button").First);
        await Expect(section.Locator("#journey tr[data-span='hnm.rank']")).ToContainTextAsync(":");
        await Expect(section.Locator("#journey tr[data-span='hnm.train']").First).ToContainTextAsync("step");
        await user.EndAsync(section);
    }

    [Fact(Timeout = Timeout)]
    public async Task Downloads_the_best_model()
    {
        await using var user = await OpenAsync("model");
        var section = Section(user, "models");
        await user.GoToAsync("Models");
        var file = await user.DownloadAsync(section.GetByRole(AriaRole.Link, new() { Name = "Download (safetensors)" }));
        // The format begins with the length of a JSON header (https://github.com/huggingface/safetensors#format).
        using var header = JsonDocument.Parse(file.AsMemory(8, (int)BitConverter.ToUInt64(file)));
        Assert.True(header.RootElement.GetProperty("__metadata__").TryGetProperty("card", out _));
        await user.EndAsync(section);
    }

    [Fact(Timeout = Timeout)]
    public async Task Finds_the_setting_that_was_changed()
    {
        await using var user = await OpenAsync("setting");
        var section = Section(user, "settings");
        await user.GoToAsync("Settings");
        await Expect(section.Locator($"tr[data-setting='{DemonstrationService.ChangedSetting}']")).ToContainTextAsync("500");
        await user.EndAsync(section);
    }

    [Fact(Timeout = Timeout)]
    public async Task Rolls_back_to_an_earlier_version()
    {
        await using var user = await OpenAsync("rollback");
        var section = Section(user, "models");
        await user.FillAsync(section.Locator("input[name=models-token]"), DemonstrationService.Token);
        await user.ClickAsync(section.GetByRole(AriaRole.Button, new() { Name = "Roll back to version" }).First);
        await user.ClickAsync(user.Page.GetByRole(AriaRole.Button, new() { Name = "Serve", Exact = true }));
        await Expect(section.Locator("#model-result")).ToContainTextAsync("is served now");
        await Expect(section.Locator("#automatic")).ToBeVisibleAsync();
        Assert.Equal(JsonValueKind.Number, (await GetAsync("/api/models")).GetProperty("pinned").ValueKind);
        await user.EndAsync(section);
        await section.Locator("#automatic").ClickAsync();
        await Expect(section.Locator("#model-result")).ToContainTextAsync("The gate chooses");
    }

    [Fact(Timeout = Timeout)]
    public async Task Pauses_and_resumes_the_run()
    {
        await using var user = await OpenAsync("pause");
        var section = Section(user, "operate");
        await user.FillAsync(section.Locator("input[name=operate-token]"), DemonstrationService.Token);
        await user.ClickAsync(section.Locator("#pause"));
        await Expect(user.Page.Locator("#phase")).ToHaveTextAsync("paused");
        await user.ClickAsync(section.Locator("#resume"));
        await Expect(user.Page.Locator("#phase")).ToHaveTextAsync("learning");
        await user.EndAsync(section);
    }

    [Fact(Timeout = Timeout)]
    public async Task Finds_a_dead_letter_with_its_reason_key_and_value()
    {
        await using var user = await OpenAsync("dead-letter");
        var section = Section(user, "dead-letters");
        await user.GoToAsync("Dead letters");
        await user.ClickAsync(section.Locator("tr[data-reason]", new() { HasText = ShownKey }).GetByRole(AriaRole.Button));
        var letter = section.Locator("#dead-letter");
        await Expect(letter.Locator("[data-part=key]")).ToHaveTextAsync(ShownKey);
        await Expect(letter.Locator("[data-part=value]")).ToContainTextAsync("\"amount\": 12.5");
        await user.EndAsync(section);
        using var bytes = await service.Http.GetAsync(await letter.GetByRole(AriaRole.Link, new() { Name = "Download the value" }).GetAttributeAsync("href"), TestContext.Current.CancellationToken);
        Assert.Equal(DemonstrationService.RejectedValue, await bytes.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = Timeout)]
    public async Task Finds_the_lag_of_each_partition()
    {
        await using var user = await OpenAsync("partitions");
        await user.GoToAsync("Operate");
        var section = Section(user, "operate");
        await Expect(section.Locator("#partitions tbody tr")).ToHaveCountAsync((await GetAsync("/api/status")).GetProperty("stream").GetProperty("partitions").GetArrayLength());
        await user.EndAsync(section);
    }

    [Fact(Timeout = Timeout)]
    public async Task Exports_the_hardest_negatives()
    {
        await using var user = await OpenAsync("export");
        var section = Section(user, "hardest");
        await user.GoToAsync("Hardest");
        var file = Encoding.UTF8.GetString(await user.DownloadAsync(section.GetByRole(AriaRole.Link, new() { Name = "CSV" })));
        Assert.Contains("syn-", file, StringComparison.Ordinal);
        await user.EndAsync(section);
    }

    [Fact(Timeout = Timeout)]
    public async Task Finds_the_recovery_after_the_stream_has_changed()
    {
        await using var user = await OpenAsync("recovery");
        var section = Section(user, "recovery");
        await user.GoToAsync("Recovery");
        await Expect(section.Locator("#recovery-summary")).ToContainTextAsync("with mining");
        await Expect(section.Locator("tr[data-change]").First).ToBeVisibleAsync();
        await user.EndAsync(section);
    }

    private static ILocator Section(UserActions user, string heading) => user.Page.Locator($"section[aria-labelledby={heading}]");

    private Task<UserActions> OpenAsync(string task) => UserActions.OpenAsync(task, service.Http.BaseAddress!);

    private Task<JsonElement> GetAsync(string address) => service.GetAsync(address, TestContext.Current.CancellationToken);
}
