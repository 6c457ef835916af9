using Akka.Actor;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Tasks;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Formatting;
using HnmStreams.Web.Monitoring;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Web.Report;

/// <summary>The writer of reports: one self-contained HTML file about the run, without scripts. All text is escaped by the renderer.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class RunReports(LearnerView view, RunHistory history, HnmOptions options, TimeProvider time, IServiceProvider services, ILoggerFactory logs)
{
    private const int MaxHardest = 24;
    private const int MaxSuspects = 100;

    // A learner that has failed or is very busy must not keep the report from being written.
    private static readonly TimeSpan QuestionTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Returns the report as HTML.</summary>
    /// <param name="snapshot">The state of the run; null takes the present one.</param>
    public async Task<string> WriteAsync(RunSnapshot? snapshot, CancellationToken cancellation)
    {
        var report = await CollectAsync(snapshot ?? view.Snapshot(), cancellation);
        await using var renderer = new HtmlRenderer(services, logs);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            RenderFragment page = builder =>
            {
                builder.OpenComponent<ReportPage>(0);
                builder.CloseComponent();
            };
            var parameters = new Dictionary<string, object?>(StringComparer.Ordinal) { ["Value"] = report, ["ChildContent"] = page };
            return (await renderer.RenderComponentAsync<CascadingValue<RunReport>>(ParameterView.FromDictionary(parameters))).ToHtmlString();
        });
    }

    private async Task<RunReport> CollectAsync(RunSnapshot snapshot, CancellationToken cancellation)
    {
        var points = history.Points;
        IReadOnlyList<ReportExample> hardest = [], suspects = [];
        string? missing = null;
        try
        {
            if (view.Sources is { } sources)
                (hardest, suspects) = await ExamplesAsync(sources, cancellation).WaitAsync(QuestionTimeout, time, cancellation);
        }
        catch (Exception e) when (e is TimeoutException or AskTimeoutException or InvalidOperationException)
        {
            missing = $"The learner did not answer: {e.Message}";
        }

        return new RunReport(
            time.GetUtcNow(),
            StatusResponse.Of(snapshot, history.ComparablePoints),
            RecoveriesResponse.Of(snapshot),
            new HistoryResponse(snapshot.Description?.PrimaryMetric, points),
            hardest,
            snapshot.Description?.DetectsLabelErrors ?? false,
            suspects,
            missing,
            [.. SettingsView.Changed(options)]);
    }

    private static async Task<(IReadOnlyList<ReportExample> Hardest, IReadOnlyList<ReportExample> Suspects)> ExamplesAsync(LearnerSources sources, CancellationToken cancellation)
    {
        var hardest = new List<ReportExample>();
        foreach (var candidate in await sources.Questions.HardestAsync(MaxHardest, cancellation))
            hardest.Add(await ExampleAsync(sources, candidate, candidate.Pool is { Uses: 1 } ? "used in 1 step" : $"used in {candidate.Pool?.Uses ?? 0} steps", cancellation));
        var suspects = new List<ReportExample>();
        foreach (var candidate in (await sources.Questions.QuarantinedAsync(cancellation)).Take(MaxSuspects))
            suspects.Add(await ExampleAsync(sources, candidate, candidate.Quarantine?.Reason ?? "", cancellation));
        return (hardest, suspects);
    }

    private static async Task<ReportExample> ExampleAsync(LearnerSources sources, Candidate candidate, string note, CancellationToken cancellation)
    {
        var held = await sources.Questions.CandidateAsync(candidate.Id, candidate.Region, cancellation);
        RowPreview? preview = held?.Detail is { } detail ? sources.Previews.View(detail.Payload) : null;
        return new ReportExample(
            candidate.Id,
            candidate.Region,
            sources.Previews.LabelName(candidate.Label),
            candidate.Pool is { } pool ? Finite.OrNull(pool.Hardness) : null,
            OriginResponse.Of(candidate.Origin),
            note,
            preview);
    }
}
