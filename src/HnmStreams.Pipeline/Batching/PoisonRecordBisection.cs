using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Checkpointing.Crashes;

namespace HnmStreams.Pipeline.Batching;

/// <summary>The records that crash the process, or may, for the batcher.</summary>
/// <remarks>Owned by the batcher.</remarks>
internal interface ISuspectedRecords
{
    /// <summary>Called when a batch begins.</summary>
    void Renew();

    /// <summary>Called when a batch ends, with the offsets that it covers.</summary>
    void Ended(IReadOnlyList<OffsetSpan> offsets);

    /// <summary>Returns the number of the suspected range that contains the record; -1 if none does. Records of different ranges are never in one batch. The answer is the same until a batch begins or ends.</summary>
    int SuspectedRangeOf(string topic, int partition, long offset);

    /// <summary>Returns the number of crashes after which the record was identified; 0 if it is not known to crash the process.</summary>
    int CrashesOf(string topic, int partition, long offset);
}

/// <summary>The poison-record rule for batching: records suspected of crashing the process get their own batches, and records known to crash it are dead-lettered.</summary>
/// <param name="plan">Called whenever a batch begins, because batches that return from native code change the plan.</param>
/// <remarks>Owned by the batcher. No cost while nothing is suspected.</remarks>
internal sealed class PoisonRecordBisection(Func<BisectionPlan> plan) : ISuspectedRecords
{
    private BisectionPlan _plan = plan();

    /// <inheritdoc/>
    public void Renew() => _plan = plan();

    /// <inheritdoc/>
    public void Ended(IReadOnlyList<OffsetSpan> offsets)
    {
        // The plan changes when a batch returns from native code.
    }

    /// <inheritdoc/>
    public int SuspectedRangeOf(string topic, int partition, long offset)
    {
        for (var i = 0; i < _plan.SuspectedRanges.Count; i++)
        {
            if (_plan.SuspectedRanges[i].Work is NativeWork.Scoring or NativeWork.Encoding && _plan.SuspectedRanges[i].Holds(topic, partition, offset))
                return i;
        }

        return -1;
    }

    /// <inheritdoc/>
    public int CrashesOf(string topic, int partition, long offset)
    {
        for (var i = 0; i < _plan.DeadLetter.Count; i++)
        {
            if (_plan.DeadLetter[i].Is(topic, partition, offset))
                return _plan.DeadLetter[i].Crashes;
        }

        return 0;
    }
}
