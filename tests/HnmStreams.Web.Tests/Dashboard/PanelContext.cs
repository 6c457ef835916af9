using Bunit;
using HnmStreams.Testing.Learner;
using HnmStreams.Web.Api;
using HnmStreams.Web.Dashboard.Feed;
using HnmStreams.Web.Events;
using HnmStreams.Web.Monitoring;
using HnmStreams.Web.Operating;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace HnmStreams.Web.Tests.Dashboard;

/// <summary>The services of panels that change the run.</summary>
internal static class PanelContext
{
    public const string Token = "0123456789abcdef";

    public static BunitContext New(LearnerView view, EventLog events)
    {
        var context = new BunitContext { JSInterop = { Mode = JSRuntimeMode.Loose } };
        context.Services.AddRadzenComponents();
        context.Services.AddSingleton(TimeProvider.System);
        context.Services.AddSingleton(RunStates.Queries(view));
        context.Services.AddSingleton(new LearnerOperations(view, events));
        context.Services.AddSingleton(new AccessToken(Token));
        context.Services.AddSingleton<PageToken>();
        context.Services.AddSingleton<DashboardFeed>();
        return context;
    }
}
