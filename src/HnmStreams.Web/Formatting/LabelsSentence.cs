using System.Globalization;
using HnmStreams.Evaluation.Drift;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Ranking.Labels;
using HnmStreams.Pipeline.Ranking.Outcomes;

namespace HnmStreams.Web.Formatting;

/// <summary>The state of labels that come later, in a few sentences.</summary>
internal static class LabelsSentence
{
    /// <summary>Returns the number of examples that have a label, also those that were presumed negative before it came.</summary>
    public static long Labeled(WaitingStatus labels) => labels.Joined + labels.Confirmed + labels.PresumedTurned;

    /// <summary>Returns the sentences.</summary>
    /// <param name="served">The outcomes of the served predictions; null without any.</param>
    /// <param name="weights">The weights of presumed negatives; null if they are not weighted.</param>
    /// <param name="positive">The name of the positive label; null if the task has none.</param>
    public static string Of(WaitingStatus labels, ServedStatus? served = null, PresumedWeightStatus? weights = null, string? positive = null)
    {
        var text = $"{Numbers.Count(Labeled(labels))} predictions have their label. {Numbers.Count(labels.WaitingInputs)} still wait for it.";
        if (served?.MedianDelay is { } median)
            text += $" Half of the labels come within {DelayText.Of(median)}{(served.NinetiethDelay is { } late ? $", nine of ten within {DelayText.Of(late)}" : "")}.";
        if (served?.Error is { Last: not DriftDirection.None, LastAt: { } at } error)
            text += string.Create(CultureInfo.InvariantCulture, $" The predictions have been {(error.Last == DriftDirection.Rise ? "worse" : "better")} since {at:yyyy-MM-dd HH:mm} UTC.");
        var negative = positive is null ? "negative" : $"not {positive}";
        if (labels.PresumedTurnedShare is { } turned)
            text += string.Create(CultureInfo.InvariantCulture, $" {Numbers.Count(labels.Presumed)} had no label in time and were learned as {negative}; {turned:P1} of these turned out {positive ?? "positive"} later.");
        return weights is { InTime: { } inTime, MeanWeight: { } mean }
            ? text + string.Create(CultureInfo.InvariantCulture, $" {inTime:P0} of the {positive ?? "positive"} labels came in time; therefore an example that is presumed {negative} counts {mean:0.00} instead of 1 on average.")
            : text;
    }
}
