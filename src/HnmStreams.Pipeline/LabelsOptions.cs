using HnmStreams.Data.Wire;
using HnmStreams.Pipeline.Memory.Waiting;
using HnmStreams.Pipeline.Ranking.Requests;

namespace HnmStreams.Pipeline;

/// <summary>The <c>labels</c> section: the way in which the labels of examples arrive, and the store in which examples wait for them.</summary>
public sealed class LabelsOptions : WaitingOptions
{
    /// <summary>
    /// <c>inline</c>: each record has an input and its label. <c>later</c>: a record has an input, which is predicted when it arrives, or the
    /// label of an earlier or later record with the same id. <c>mixed</c>: a record has an input, a label, or both. Not <c>inline</c> requires a
    /// task with classes (images, text, tabular) and <c>pipeline.mode</c> live.
    /// </summary>
    public LabelMode Mode { get; set; }

    public LabelRequestOptions Requests { get; set; } = new();

    internal bool ComeLater => Mode != LabelMode.Inline;
}
