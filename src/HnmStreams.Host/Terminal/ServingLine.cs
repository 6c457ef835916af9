using HnmStreams.Web.Formatting;
using HnmStreams.Web.Serving;

namespace HnmStreams.Host.Terminal;

/// <summary>The progress of a serving process as one line.</summary>
internal static class ServingLine
{
    public static string Of(ServingView view)
    {
        var line = $"{Numbers.Clock(view.Elapsed)} {view.Phase.ToString().ToLowerInvariant()}";
        if (view.Pipeline?.Status is not { } status)
            return line;
        line += status.Models.Model is { } model ? $" version {model.Version}" : $" no model in {status.Models.Folder}";
        if (view.Stream is { } stream)
        {
            line += $" predicted {Numbers.Count(status.Records.Predicted)} lag {Numbers.Count(stream.Consumer().Lag)} dead letters {Numbers.Count(status.Records.Rejected)}";
            if (status.Records is { Labeled: var labeled, Labels: var labels } && labeled + labels > 0)
                line += $" ignored {Numbers.Count(labeled)} labeled {Numbers.Count(labels)} labels";
        }

        if (status.Latency is { } latency)
            line += $" latency {LatencySentence.Short(latency.Recent ?? latency.Total)}";
        if (status.Models.Refused.Count > 0)
            line += $" refused versions {status.Models.Refused.Count}";
        return view.WaitsFor is { } reason ? $"{line} waits: {reason}" : line;
    }
}
