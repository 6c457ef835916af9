using Bunit;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Dashboard.Feed;
using HnmStreams.Web.Dashboard.Panels;
using HnmStreams.Web.Events;
using HnmStreams.Web.Monitoring;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TestContext = Xunit.TestContext;

namespace HnmStreams.Web.Tests.Dashboard;

public sealed class TriageTests
{
    private readonly LearnerView _view = RunStates.View(TimeProvider.System);
    private readonly EventLog _events = new(new FakeTimeProvider(), NullLogger<EventLog>.Instance);

    [Fact]
    public async Task A_suspect_has_its_label_the_reason_and_a_proposal()
    {
        await using var context = NewContext();
        var panel = await RenderAsync(context);
        Assert.Equal(CannedQuestions.Suspect, panel.Find("#suspect").GetAttribute("data-id"));
        Assert.Contains("is labeled", panel.Find("#suspect").TextContent, StringComparison.Ordinal);
        Assert.Equal("Proposed label: cat. The model predicts cat with probability 0.94; 1 of the 2 nearest stored examples are cat.", panel.Find("#proposal").TextContent);
        Assert.Contains("8 visits", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_decide_and_undo_after_the_token_is_accepted()
    {
        await using var context = NewContext();
        var panel = await RenderAsync(context);
        await PressAsync(panel, "w");
        Assert.Equal("Enter the token first. Nothing has changed.", panel.Find("#decision").TextContent);
        Assert.Empty(_events.Newest(10));

        context.Services.GetRequiredService<PageToken>().Set(PanelContext.Token);
        await PressAsync(panel, "w");
        Assert.Equal("a/b: the label not cat is wrong. It is never trained on again.", panel.Find("#decision").TextContent);
        Assert.Empty(panel.FindAll("#suspect"));
        await PressAsync(panel, "u");
        Assert.Single(panel.FindAll("#suspect"));
        Assert.Equal(
            [LabelOutcome.Undone, LabelOutcome.Wrong],
            _events.Newest(10).Select(e => e.Label!.Outcome));
        Assert.Equal(new LabelDecision(CannedQuestions.Suspect, 0, "not cat", LabelOutcome.Wrong, "cat"), _events.Newest(10)[1].Label);
        Assert.Equal(RunEventActor.Page, _events.Newest(1)[0].Actor);
    }

    [Fact]
    public async Task A_shortcut_of_the_browser_is_not_a_decision()
    {
        await using var context = NewContext();
        var panel = await RenderAsync(context);
        context.Services.GetRequiredService<PageToken>().Set(PanelContext.Token);
        await panel.Find(".triage").TriggerEventAsync("onkeydown", new KeyboardEventArgs { Key = "w", CtrlKey = true });
        Assert.Empty(_events.Newest(10));
    }

    private static Task PressAsync(IRenderedComponent<CascadingValue<DashboardData>> panel, string key) =>
        panel.Find(".triage").TriggerEventAsync("onkeydown", new KeyboardEventArgs { Key = key });

    private async Task<IRenderedComponent<CascadingValue<DashboardData>>> RenderAsync(BunitContext context)
    {
        var queries = RunStates.Queries(_view);
        var data = new DashboardData(queries.Status(), queries.History(), new EventsResponse([])) { Quarantine = await queries.QuarantineAsync(TestContext.Current.CancellationToken) };
        return context.Render<CascadingValue<DashboardData>>(p => p.Add(c => c.Value, data).AddChildContent<TriagePanel>());
    }

    private BunitContext NewContext() => PanelContext.New(_view, _events);
}
