using HnmStreams.Configuration;
using HnmStreams.Tasks;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Verdicts;

namespace HnmStreams.Web.Report;

/// <summary>The content of a report about a run.</summary>
/// <param name="Status">The status of the run.</param>
/// <param name="Recoveries">The recoveries from known changes of the stream.</param>
/// <param name="Hardest">The hardest negatives of the pool, hardest first.</param>
/// <param name="Suspects">The suspected label errors in quarantine.</param>
/// <param name="Missing">The reason why examples are missing; null if they are complete.</param>
/// <param name="Settings">The settings that differ from the defaults.</param>
internal sealed record RunReport(
    DateTimeOffset CreatedAt,
    StatusResponse Status,
    RecoveriesResponse Recoveries,
    HistoryResponse History,
    IReadOnlyList<ReportExample> Hardest,
    bool DetectsLabelErrors,
    IReadOnlyList<ReportExample> Suspects,
    string? Missing,
    IReadOnlyList<ChangedSetting> Settings)
{
    public RunVerdict Verdict => Status.Verdict;

    /// <summary>The title of the document.</summary>
    public string Title => Status.Learner is { } learner ? $"HnmStreams: {learner.Task} on {Status.Stream?.Topic}" : "HnmStreams";

    /// <summary>The charts as SVG; empty before there are two points.</summary>
    public IReadOnlyList<string> Charts { get; } = ReportCharts.Draw(History, Recoveries);

    /// <summary>True if the run compares mining with baselines.</summary>
    public bool HasBaselines => History.Points.Any(p => p.Random is not null);
}

/// <summary>An example in a report.</summary>
/// <param name="Note">What is known about it besides its hardness.</param>
/// <param name="Preview">Its image or text; null if the learner no longer holds it.</param>
internal sealed record ReportExample(string Id, int Region, string Label, double? Hardness, OriginResponse Origin, string Note, RowPreview? Preview);
