using System.ComponentModel.DataAnnotations;
using HnmStreams.Mining.Labeling;

namespace HnmStreams.Pipeline.Ranking.Requests;

/// <summary>Requests to label the examples whose label would help most, among those that wait for one.</summary>
public sealed class LabelRequestOptions
{
    /// <summary>True requests labels, false does not. If it is not set, labels are requested if <c>kafka.labelRequestsTopic</c> is set.</summary>
    public bool? Enabled { get; set; }

    /// <summary>
    /// The measure by which examples are chosen. <c>uncertainty</c>: the entropy of the served prediction. <c>disagreement</c>: the divergence of
    /// the served prediction and that of the newest version, which is made for <c>comparedShare</c> of the examples. <c>either</c>: the larger of both.
    /// </summary>
    public LabelStrategy Strategy { get; set; }

    /// <summary>The maximum number of requests per hour of clock time, evenly spread. What one hour leaves over can be used within the next one.</summary>
    [Range(0.001, 1e7)]
    public double PerHour { get; set; } = 100;

    /// <summary>The maximum number of open requests. At this number, others are requested only after a label has come or an example has left.</summary>
    [Range(1, 100_000)]
    public int MaxOpen { get; set; } = 1_000;

    /// <summary>
    /// The share of the unlabeled examples, 0 to 1, that the newest version predicts as well if the strategy needs it. It is done with spare
    /// capacity: fewer are compared if the scorers are busy, and none while the newest version is the served one.
    /// </summary>
    [Range(0.0, 1.0)]
    public double ComparedShare { get; set; } = 0.02;

    internal bool UsesComparison => Strategy != LabelStrategy.Uncertainty && ComparedShare > 0;
}
