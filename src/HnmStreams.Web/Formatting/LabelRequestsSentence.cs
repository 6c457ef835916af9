using System.Globalization;
using HnmStreams.Pipeline.Ranking.Requests;

namespace HnmStreams.Web.Formatting;

/// <summary>The state of the label requests in one or two sentences.</summary>
internal static class LabelRequestsSentence
{
    /// <summary>Returns the sentences.</summary>
    public static string Of(LabelRequestStatus counts)
    {
        var text = counts.Open switch
        {
            0 when counts.Requested == 0 => "No label was requested yet.",
            0 => "No request is open.",
            1 => "1 example waits for an answer.",
            _ => $"{Numbers.Count(counts.Open)} examples wait for an answer.",
        };
        if (counts.DifferingShare is { } differing)
            text += string.Create(CultureInfo.InvariantCulture, $" {Numbers.Count(counts.Answered)} were answered; {differing:P0} of the answers differ from the prediction.");
        if (counts.Expired > 0)
            text += $" {Numbers.Count(counts.Expired)} ended without an answer.";
        return text;
    }
}
