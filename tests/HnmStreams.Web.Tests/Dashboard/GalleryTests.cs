using Bunit;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Api;
using HnmStreams.Web.Dashboard.Feed;
using HnmStreams.Web.Dashboard.Panels;
using HnmStreams.Web.Dashboard.Why;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Radzen;
using TestContext = Xunit.TestContext;

namespace HnmStreams.Web.Tests.Dashboard;

public sealed class GalleryTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("onpointerenter", "onpointerleave")]
    [InlineData("onfocusin", "onfocusout")]
    public async Task The_gallery_is_frozen_while_it_has_the_pointer_or_the_focus(string begin, string end)
    {
        await using var context = NewContext();
        var data = await DataAsync(3);
        var panel = context.Render<CascadingValue<DashboardData>>(p => p.Add(c => c.Value, data).AddChildContent<HardestPanel>());
        await TriggerAsync(panel, begin);
        await ShowAsync(panel, 5);
        Assert.Equal(3, panel.FindAll(".card").Count);
        Assert.Equal("true", panel.Find(".gallery").GetAttribute("data-frozen"));
        await TriggerAsync(panel, end);
        await ShowAsync(panel, 5);
        Assert.Equal(5, panel.FindAll(".card").Count);
    }

    [Fact]
    public async Task A_touch_freezes_the_gallery_for_ten_seconds()
    {
        await using var context = NewContext();
        var data = await DataAsync(3);
        var panel = context.Render<CascadingValue<DashboardData>>(p => p.Add(c => c.Value, data).AddChildContent<HardestPanel>());
        await panel.Find("section").TriggerEventAsync("onpointerdown", new PointerEventArgs { PointerType = "touch" });
        await ShowAsync(panel, 5);
        Assert.Equal(3, panel.FindAll(".card").Count);
        _time.Advance(TimeSpan.FromSeconds(11));
        await ShowAsync(panel, 5);
        Assert.Equal(5, panel.FindAll(".card").Count);
    }

    [Fact]
    public async Task Every_card_has_a_permanent_link()
    {
        await using var context = NewContext();
        var data = await DataAsync(1);
        var panel = context.Render<CascadingValue<DashboardData>>(p => p.Add(c => c.Value, data).AddChildContent<HardestPanel>());
        Assert.Equal("/?candidate=id-0", panel.Find(".card a").GetAttribute("href"));
        Assert.Equal("/?candidate=a%2Fb&region=2", CandidateLink.To("a/b", 2));
    }

    [Fact]
    public async Task The_gallery_supports_search_and_pages()
    {
        await using var context = NewContext();
        var data = await DataAsync(DashboardFeed.HardestCount);
        var panel = context.Render<CascadingValue<DashboardData>>(p => p.Add(c => c.Value, data).AddChildContent<HardestPanel>());
        await panel.Find("#gallery-more").ClickAsync(new MouseEventArgs());
        Assert.Equal("id-12", panel.Find(".card").GetAttribute("data-id"));
        Assert.StartsWith("13 to 24 of 30, as of", panel.Find("#gallery-state").TextContent, StringComparison.Ordinal);
        await panel.Find("#gallery-more").ClickAsync(new MouseEventArgs());
        Assert.Equal(6, panel.FindAll(".card").Count);
        Assert.Empty(panel.FindAll("#gallery-more"));

        await panel.Find("#gallery-search").ChangeAsync(new ChangeEventArgs { Value = "ID-2" });
        Assert.Equal(11, panel.FindAll(".card").Count);
        await panel.Find("#gallery-visits").ChangeAsync(new ChangeEventArgs { Value = "Unused" });
        Assert.Contains("None of the 1,000 hardest negatives matches", panel.Markup, StringComparison.Ordinal);
        await panel.Find("#gallery-live").ClickAsync(new MouseEventArgs());
        Assert.Equal(12, panel.FindAll(".card").Count);
        Assert.Contains("updated every 2 seconds", panel.Markup, StringComparison.Ordinal);
    }

    private static RunQueries Queries()
    {
        var view = RunStates.View(TimeProvider.System);
        return RunStates.Queries(view);
    }

    private static async Task<DashboardData> DataAsync(int top) =>
        new(Queries().Status(), Queries().History(), Queries().Events(1)) { Hardest = await Queries().HardestAsync(top, TestContext.Current.CancellationToken) };

    private static async Task ShowAsync(IRenderedComponent<CascadingValue<DashboardData>> panel, int top)
    {
        var data = await DataAsync(top);
        panel.Render(p => p.Add(c => c.Value, data).AddChildContent<HardestPanel>());
    }

    private static Task TriggerAsync(IRenderedComponent<CascadingValue<DashboardData>> panel, string name) =>
        panel.Find("section").TriggerEventAsync(name, name.StartsWith("onpointer", StringComparison.Ordinal) ? new PointerEventArgs { PointerType = "mouse" } : new FocusEventArgs());

    private BunitContext NewContext()
    {
        var context = new BunitContext { JSInterop = { Mode = JSRuntimeMode.Loose } };
        context.Services.AddRadzenComponents();
        context.Services.AddSingleton<TimeProvider>(_time);
        context.Services.AddSingleton(Queries());
        return context;
    }
}
