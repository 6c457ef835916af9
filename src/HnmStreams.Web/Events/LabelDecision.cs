using System.Text.Json.Serialization;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Events;

/// <summary>A person's decision about a suspected label error.</summary>
/// <param name="Label">The name of the label that was reviewed; null if it is not known.</param>
/// <param name="ProposedLabel">The right label according to the person or the proposal; null if none exists.</param>
internal sealed record LabelDecision(string Id, int Region, string? Label, LabelOutcome Outcome, string? ProposedLabel = null);

/// <summary>The outcomes of a review.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<LabelOutcome>))]
internal enum LabelOutcome
{
    /// <summary>The label is right.</summary>
    Right,

    /// <summary>The label is wrong.</summary>
    Wrong,

    /// <summary>An earlier decision was taken back.</summary>
    Undone,
}
