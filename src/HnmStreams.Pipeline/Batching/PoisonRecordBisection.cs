using HnmStreams.Pipeline.Checkpointing.Crashes;

namespace HnmStreams.Pipeline.Batching;

/// <summary>The poison-record rule for batching: records suspected of crashing the process get their own batches, and records known to crash it are dead-lettered.</summary>
/// <param name="plan">Called whenever a batch begins, because batches that return from native code change the plan.</param>
/// <remarks>Owned by the batcher. No cost while nothing is suspected.</remarks>
internal sealed class PoisonRecordBisection(Func<BisectionPlan> plan)
{
    private BisectionPlan _plan = plan();

    /// <summary>Reads the current plan.</summary>
    public void Renew() => _plan = plan();

    /// <summary>Returns the index of the suspected range that contains the record; -1 if none does.</summary>
    public int SuspectedRangeOf(string topic, int partition, long offset)
    {
        for (var i = 0; i < _plan.SuspectedRanges.Count; i++)
        {
            if (_plan.SuspectedRanges[i].Work is NativeWork.Scoring or NativeWork.Encoding && _plan.SuspectedRanges[i].Holds(topic, partition, offset))
                return i;
        }

        return -1;
    }

    /// <summary>Returns the number of crashes after which the record was identified; 0 if it is not known to crash the process.</summary>
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
