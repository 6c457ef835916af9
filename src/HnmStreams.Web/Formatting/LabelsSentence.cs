using System.Globalization;
using HnmStreams.Pipeline.Memory.Waiting;

namespace HnmStreams.Web.Formatting;

/// <summary>The state of labels that come later, in one or two sentences.</summary>
internal static class LabelsSentence
{
    /// <summary>Returns the sentences.</summary>
    public static string Of(WaitingStatus labels)
    {
        var text = $"{Numbers.Count(labels.Joined)} predictions have been checked against a label that came later. {Numbers.Count(labels.WaitingInputs)} are still open.";
        return labels.PresumedTurnedShare is { } turned
            ? text + string.Create(CultureInfo.InvariantCulture, $" {Numbers.Count(labels.Presumed)} were presumed negative because no label came in time; {turned:P1} of these turned out positive later.")
            : text;
    }
}
