using System.Globalization;
using HnmStreams.Pipeline.Evaluating;

namespace HnmStreams.Web.Api.Responses;

/// <summary>A proposed label for an example, from the newest model and the nearest stored examples.</summary>
/// <param name="Label">Null if there is no evidence for another label.</param>
/// <param name="Probability">The model's uncalibrated probability of the label; null if the task has no probabilities.</param>
/// <param name="Reason">The reason, or why there is no proposal.</param>
internal sealed record LabelProposal(string? Label, double? Probability, string Reason)
{
    // The number of neighbors that vote.
    private const int Voters = 6;

    /// <summary>No proposal, for examples with sets of labels.</summary>
    public static LabelProposal OfSets { get; } = new(null, null, "There is no proposal for a set of labels: compare it with the probabilities.");

    /// <summary>Derives the proposal. Pure.</summary>
    public static LabelProposal Of(Explanation explanation, Func<int, string> label)
    {
        var own = explanation.Candidate.Label;
        NearExample[] nearest = [.. explanation.NearestPositives.Concat(explanation.NearestNegatives).OrderByDescending(n => n.Similarity).Take(Voters)];
        if (explanation.Probabilities is { Count: > 1 } probabilities)
            return ByModel(own, probabilities, nearest, label);
        if (explanation.Regions is not null)
            return new LabelProposal(null, null, "There is no proposal: compare the labeled boxes with the predictions.");
        return nearest is not [var first, ..] ? new LabelProposal(null, null, "There is no proposal: no stored example can be compared.")
            : first.Label == own ? new LabelProposal(null, null, string.Create(CultureInfo.InvariantCulture, $"The nearest stored example, {first.Id} (similarity {first.Similarity:0.00}), has the same label."))
            : new LabelProposal(label(first.Label), null, string.Create(CultureInfo.InvariantCulture, $"The nearest stored example, {first.Id} (similarity {first.Similarity:0.00}), belongs to {label(first.Label)}."));
    }

    private static LabelProposal ByModel(int own, IReadOnlyList<double> probabilities, NearExample[] nearest, Func<int, string> label)
    {
        var best = Enumerable.Range(0, probabilities.Count).MaxBy(i => probabilities[i]);
        var name = label(best);
        var model = string.Create(CultureInfo.InvariantCulture, $"The model predicts {(best == own ? $"the given label, {name}," : name)} with probability {probabilities[best]:0.00}");
        var agreeing = nearest.Count(n => n.Label == best);
        var reason = nearest.Length == 0 ? $"{model}." : string.Create(CultureInfo.InvariantCulture, $"{model}; {agreeing} of the {nearest.Length} nearest stored examples are {name}.");
        return new LabelProposal(best == own ? null : name, probabilities[best], reason);
    }
}
