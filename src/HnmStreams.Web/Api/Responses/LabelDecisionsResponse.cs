using HnmStreams.Web.Events;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Api.Responses;

/// <summary>The answer of <c>GET /api/label-decisions</c>: the decisions about suspected label errors, newest first.</summary>
internal sealed record LabelDecisionsResponse(IReadOnlyList<LoggedLabelDecision> Items)
{
    private static readonly string[] Header = ["at", "id", "region", "label", "decision", "proposedLabel", "actor"];

    public static LabelDecisionsResponse Of(IReadOnlyList<RunEvent> events) =>
        new([.. events.Where(e => e.Label is not null).Select(e => new LoggedLabelDecision(e.At, e.Actor, e.Label!))]);

    public string ToCsv() => CsvText.Of(Header, Items.Select(i =>
        (IReadOnlyList<object?>)[i.At.ToString("O"), i.Decision.Id, i.Decision.Region, i.Decision.Label, i.Decision.Outcome.ToString().ToLowerInvariant(), i.Decision.ProposedLabel, i.Actor.ToString().ToLowerInvariant()]));
}

/// <summary>One decision with its time and cause.</summary>
internal sealed record LoggedLabelDecision(DateTimeOffset At, RunEventActor Actor, LabelDecision Decision);
