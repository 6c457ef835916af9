using HnmStreams.Pipeline.Checkpointing.Crashes;

namespace HnmStreams.Pipeline.Batching;

/// <summary>What earlier deaths mean for cutting: suspects are cut into batches of their own, culprits are not handed on at all.</summary>
/// <param name="plan">Asked again whenever a batch begins: batches that come back change it.</param>
/// <remarks>Owned by the cutter. Costs nothing while nothing is suspected.</remarks>
internal sealed class PoisonRecordBisection(Func<BisectionPlan> plan)
{
    private BisectionPlan _plan = plan();

    public void Renew() => _plan = plan();

    /// <summary>Which piece of the suspects a record belongs to; -1 for none.</summary>
    public int PieceOf(string topic, int partition, long offset)
    {
        for (var i = 0; i < _plan.Isolate.Count; i++)
        {
            if (_plan.Isolate[i].Work == NativeWork.Scoring && _plan.Isolate[i].Holds(topic, partition, offset))
                return i;
        }

        return -1;
    }

    /// <summary>How many deaths it took to find that this record kills; 0 where it is not known to.</summary>
    public int DeathsBy(string topic, int partition, long offset)
    {
        for (var i = 0; i < _plan.DeadLetter.Count; i++)
        {
            if (_plan.DeadLetter[i].Is(topic, partition, offset))
                return _plan.DeadLetter[i].Deaths;
        }

        return 0;
    }
}
