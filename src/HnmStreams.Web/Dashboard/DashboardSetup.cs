using HnmStreams.Web.Dashboard.Feed;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Radzen;

namespace HnmStreams.Web.Dashboard;

/// <summary>Registration of the page at <c>/</c>.</summary>
internal static class DashboardSetup
{
    // The page loads nothing from other hosts. Charts and widgets position themselves with inline styles.
    private const string Policy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static void AddDashboard(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents(o => o.DisconnectedCircuitMaxRetained = 10);
        services.Configure<KeyManagementOptions>(o => o.XmlRepository = new InMemoryKeys());
        services.AddRadzenComponents();
        services.AddSingleton<DashboardFeed>();
        services.AddScoped<PageToken>();
    }

    public static void MapDashboard(this WebApplication app)
    {
        app.UseAntiforgery();
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            return next(context);
        });
        app.MapStaticAssets();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null).ExcludeFromDescription();
    }
}
