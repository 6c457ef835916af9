using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Sharing;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Cluster.Wire;

/// <summary>The rule by which a score node decides which payloads the learner may keep. The others are not sent.</summary>
/// <param name="seed">The seed of the learner.</param>
/// <param name="sendsAll">True in exact mode, so that no candidate is missed by a bound, and for streams whose labels come later, so that the waiting store recognizes corrections.</param>
/// <remarks>Pure; O(1) per row.</remarks>
internal sealed class PayloadSelection(IMiningTask task, ulong seed, bool sendsAll)
{
    private readonly ArrivalDraw _draw = new(seed);

    /// <summary>True if the learner needs every payload: its task compares examples with each other, or evaluates them by their content.</summary>
    public bool SendsAll { get; } = sendsAll || task.EvaluatesPayloads;

    /// <summary>Returns the reason for which the payload of a row is sent.</summary>
    /// <param name="hardness">Its hardness; NaN if it was not scored.</param>
    public SendReason ReasonFor(ExampleBatch batch, int row, float hardness, in KeepBounds bounds)
    {
        if (SendsAll)
            return SendReason.Required;
        var source = batch.Sources[row];
        return task.RoleOf(batch.Rows.Labels[row]) switch
        {
            ExampleRole.Unknown => SendReason.None,
            ExampleRole.Positive => _draw.Of(source.Key, source.Origin) <= bounds.Positives || _draw.SecondOf(source.Key, source.Origin) <= bounds.NewPositives ? SendReason.Positive : SendReason.None,
            _ when hardness >= bounds.Hardness => SendReason.Pool,
            _ => _draw.Of(source.Key, source.Origin) <= bounds.Negatives ? SendReason.Reservoir : SendReason.None,
        };
    }

    /// <summary>Returns the reason for which the payload of a held-out row is sent. Positives are rare, so that all of theirs are.</summary>
    public SendReason ReasonForHeldOut(ExampleBatch batch, int row, in KeepBounds bounds)
    {
        if (SendsAll)
            return SendReason.Required;
        return task.RoleOf(batch.HeldOut.Labels[row]) == ExampleRole.Positive || _draw.SecondOf(batch.HeldOutSources[row].Key, batch.HeldOutSources[row].Origin) <= bounds.HeldOut
            ? SendReason.HeldOut
            : SendReason.None;
    }
}
