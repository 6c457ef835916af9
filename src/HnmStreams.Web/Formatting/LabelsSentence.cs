using System.Globalization;
using HnmStreams.Evaluation.Drift;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Ranking.Labels;
using HnmStreams.Pipeline.Ranking.Outcomes;

namespace HnmStreams.Web.Formatting;

/// <summary>The state of labels that come later, in one or two sentences.</summary>
internal static class LabelsSentence
{
    /// <summary>Returns the sentences.</summary>
    /// <param name="served">The outcomes of the served predictions; null without any.</param>
    /// <param name="weights">The weights of presumed negatives; null if they are not weighted.</param>
    public static string Of(WaitingStatus labels, ServedStatus? served = null, PresumedWeightStatus? weights = null)
    {
        var text = $"{Numbers.Count(labels.Joined)} predictions have been checked against a label that came later. {Numbers.Count(labels.WaitingInputs)} are still open.";
        if (served?.MedianDelay is { } median)
            text += $" Half of the labels come within {Numbers.Clock(median)}.";
        if (served?.Error is { Last: not DriftDirection.None, LastAt: { } at } error)
            text += string.Create(CultureInfo.InvariantCulture, $" The error of the predictions {(error.Last == DriftDirection.Rise ? "rose" : "fell")} on {at:yyyy-MM-dd HH:mm} UTC.");
        if (labels.PresumedTurnedShare is { } turned)
            text += string.Create(CultureInfo.InvariantCulture, $" {Numbers.Count(labels.Presumed)} were presumed negative because no label came in time; {turned:P1} of these turned out positive later.");
        return weights is { InTime: { } inTime, MeanWeight: { } mean }
            ? text + string.Create(CultureInfo.InvariantCulture, $" {inTime:P0} of the positive labels came in time; therefore a presumed negative counts {mean:0.00} instead of 1 on average.")
            : text;
    }
}
