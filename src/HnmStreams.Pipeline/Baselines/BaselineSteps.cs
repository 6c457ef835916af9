using HnmStreams.Pipeline.Flow;
using HnmStreams.Torch.Learning;

namespace HnmStreams.Pipeline.Baselines;

/// <summary>The steps of a baseline, and their cost.</summary>
/// <param name="learner">Disposed with this.</param>
/// <remarks>One owner, one thread.</remarks>
internal sealed class BaselineSteps(Learner learner, BaselineStatus from, TimeProvider time) : IDisposable
{
    // An exponential moving average over about a hundred steps.
    private const double PriceDecay = 0.98;

    private double _price = double.NaN;

    public Learner Learner => learner;

    public BaselineStatus Status { get; private set; } = from;

    public void Step(TrainingBatch batch)
    {
        var start = time.GetTimestamp();
        var outcome = learner.Step(batch.Rows);
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        _price = double.IsNaN(_price) ? seconds : (PriceDecay * _price) + ((1 - PriceDecay) * seconds);
        Status = Status with
        {
            Steps = learner.Steps,
            TrainedRows = Status.TrainedRows + (outcome.Applied ? batch.Rows.Count : 0),
            Seconds = Status.Seconds + seconds,
            ExtraSeconds = Status.ExtraSeconds + (batch.IsExtra ? seconds : 0),
        };
    }

    /// <summary>Returns the number of steps that the unspent seconds of scoring pay for; 0 before the first step, from which the price follows.</summary>
    public int PaidFor(double scoringSeconds) =>
        double.IsNaN(_price) ? 0 : ExtraSteps.PaidFor(scoringSeconds - Status.Granted - Status.ExtraSeconds, _price);

    public void Dispose() => learner.Dispose();
}
