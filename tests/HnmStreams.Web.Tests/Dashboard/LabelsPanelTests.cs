using Bunit;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Dashboard.Feed;
using HnmStreams.Web.Dashboard.Labels;
using HnmStreams.Web.Events;
using HnmStreams.Web.Monitoring;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TestContext = Xunit.TestContext;

namespace HnmStreams.Web.Tests.Dashboard;

public sealed class LabelsPanelTests
{
    private readonly List<(string Id, string Label)> _sent = [];
    private readonly EventLog _events = new(new FakeTimeProvider(), NullLogger<EventLog>.Instance);

    [Fact]
    public async Task Names_what_was_predicted_what_came_and_how_good_it_was()
    {
        await using var context = NewContext(out var view);
        var panel = await RenderAsync<LabelsPanel>(context, view);
        Assert.Contains("200 had no label in time and were learned as not fraud; 2.5 % of these turned out fraud later.", panel.Find("#labels-sentence").TextContent, StringComparison.Ordinal);
        Assert.Contains("1,100", panel.Find("#waiting").TextContent, StringComparison.Ordinal);
        Assert.Equal(
            ["all", "labeled after 1 hour to 6 hours", "labeled after more than 30 days", "by model version 7"],
            panel.FindAll("#served tbody th").Select(h => h.TextContent));
        Assert.Equal(["900", "2.0 %", "0.810", "0.970", "0.015"], panel.FindAll("#served tr[data-row=all] td").Select(d => d.TextContent));
    }

    [Fact]
    public async Task Without_labels_that_come_later_there_is_no_panel()
    {
        await using var context = NewContext(out _);
        var view = RunStates.View(TimeProvider.System);
        Assert.Empty((await RenderAsync<LabelsPanel>(context, view)).FindAll("section"));
        Assert.Empty((await RenderAsync<LabelRequestsPanel>(context, view)).FindAll("section"));
    }

    [Fact]
    public async Task An_answer_requires_the_token_and_removes_the_request_at_once()
    {
        await using var context = NewContext(out var view);
        var panel = await RenderAsync<LabelRequestsPanel>(context, view);
        Assert.Equal("2 examples wait for an answer. 8 were answered; 25 % of the answers differ from the prediction. 2 ended without an answer.", panel.Find("#requests-sentence").TextContent);
        Assert.All(panel.FindAll("#open-requests button"), b => Assert.True(b.HasAttribute("disabled")));

        context.Services.GetRequiredService<PageToken>().Set(PanelContext.Token);
        await panel.WaitForElement("tr[data-id='a/b'] button:not([disabled])[aria-label='a/b is cat']").ClickAsync(new());
        Assert.Equal([("a/b", "cat")], _sent);
        Assert.Equal("a/b is labeled 'cat'. The model learns from it when it has read the record.", panel.Find("#answer-result").TextContent);
        Assert.Equal(["b"], panel.FindAll("#open-requests tbody tr").Select(r => r.GetAttribute("data-id")));
        Assert.Equal((RunEventKind.LabelAnswer, RunEventActor.Page), (_events.Newest(1)[0].Kind, _events.Newest(1)[0].Actor));
    }

    private static async Task<IRenderedComponent<CascadingValue<DashboardData>>> RenderAsync<TPanel>(BunitContext context, LearnerView view)
        where TPanel : IComponent
    {
        var queries = RunStates.Queries(view);
        var data = new DashboardData(queries.Status(), queries.History(), new EventsResponse([]))
        {
            LabelRequests = await queries.LabelRequestsAsync(10, TestContext.Current.CancellationToken),
            Positive = "fraud",
        };
        return context.Render<CascadingValue<DashboardData>>(p => p.Add(c => c.Value, data).AddChildContent<TPanel>());
    }

    private BunitContext NewContext(out LearnerView view)
    {
        view = RunStates.View(TimeProvider.System, LabelRequestStates.Status, questions: new CannedQuestions { Requests = LabelRequestStates.Open }, answer: (id, label, _) =>
        {
            _sent.Add((id, label));
            return Task.CompletedTask;
        });
        return PanelContext.New(view, _events);
    }
}
