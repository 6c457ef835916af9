using Bunit;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Dashboard.Feed;
using HnmStreams.Web.Dashboard.Panels;
using HnmStreams.Web.Tests.Tracing;
using HnmStreams.Web.Tracing;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace HnmStreams.Web.Tests.Dashboard;

public sealed class JourneysPanelTests
{
    [Fact]
    public async Task A_chosen_record_shows_its_journey_and_keeps_it_after_the_trace_has_left()
    {
        using var store = new TraceStore(2);
        var id = RecordTrace.Emit("panel-key", 1, 5, "admitted", 8);
        await using var context = NewContext(store);
        var panel = context.Render<CascadingValue<DashboardData>>(p => p.Add(c => c.Value, Data()).AddChildContent<JourneysPanel>());
        await panel.Find($"tr[data-trace='{id}'] button").ClickAsync(new());
        Assert.Equal(["hnm.consume", "hnm.rank", "hnm.train", "hnm.publish"], panel.FindAll("#journey tr[data-span]").Select(r => r.GetAttribute("data-span")));
        for (var i = 0; i < 5; i++)
            RecordTrace.Emit($"{i}", 0, i, "admitted", 1);
        panel.Render(p => p.Add(c => c.Value, Data()).AddChildContent<JourneysPanel>());
        Assert.Equal(id, panel.Find("#journey").GetAttribute("data-trace"));
    }

    [Fact]
    public async Task The_search_box_finds_a_record_by_partition_and_offset()
    {
        using var store = new TraceStore(50);
        var id = RecordTrace.Emit("wanted", 1, 5, "rejected");
        RecordTrace.Emit("other", 1, 6, "rejected");
        await using var context = NewContext(store);
        var panel = context.Render<CascadingValue<DashboardData>>(p => p.Add(c => c.Value, Data()).AddChildContent<JourneysPanel>());
        await panel.Find("#journey-search").InputAsync(new ChangeEventArgs { Value = "1:5" });
        Assert.Equal(id, Assert.Single(panel.FindAll("#journey-list tbody tr")).GetAttribute("data-trace"));
        await panel.Find("#journey-outcome").ChangeAsync(new ChangeEventArgs { Value = "admitted" });
        Assert.Contains("No kept trace matches", panel.Markup, StringComparison.Ordinal);
    }

    private static DashboardData Data() =>
        new(StatusResponse.Of(RunStates.View(TimeProvider.System).Snapshot(), []), new HistoryResponse("averagePrecision", []), new EventsResponse([]));

    private static BunitContext NewContext(TraceStore store)
    {
        var context = new BunitContext { JSInterop = { Mode = JSRuntimeMode.Loose } };
        context.Services.AddSingleton(store);
        return context;
    }
}
