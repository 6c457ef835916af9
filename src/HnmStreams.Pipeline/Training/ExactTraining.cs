using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;

namespace HnmStreams.Pipeline.Training;

/// <summary>What the trainer keeps in exact mode: which weights belong to which batch, and the feedback that the ranking stage takes in later.</summary>
/// <param name="overlap">Rounds by which feedback is late.</param>
/// <param name="pending">Of a checkpoint.</param>
/// <remarks>The trainer's thread only.</remarks>
internal sealed class ExactTraining(VersionSchedule versions, int overlap, IReadOnlyList<TrainedRound> pending)
{
    private readonly List<TrainedRound> _pending = [.. pending];
    private List<StepFeedback> _steps = [];

    public VersionSchedule Versions { get; } = versions;

    /// <summary>The rounds that the ranking stage has not taken in where it ranked the newest batch.</summary>
    public IReadOnlyList<TrainedRound> Pending => [.. _pending];

    public void Add(StepFeedback step) => _steps.Add(step);

    /// <summary>Ends the round with all that was added since the last.</summary>
    public TrainedRound End(long number)
    {
        var round = new TrainedRound(number, _steps);
        _steps = [];
        _pending.Add(round);
        _pending.RemoveAll(r => r.Number <= number - overlap);
        return round;
    }
}
