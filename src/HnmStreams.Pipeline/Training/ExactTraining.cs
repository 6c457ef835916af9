using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;

namespace HnmStreams.Pipeline.Training;

/// <summary>The trainer's state in exact mode: the weights that belong to each batch, and the feedback that the ranking stage applies later.</summary>
/// <param name="overlap">The number of rounds by which feedback is delayed.</param>
/// <param name="pending">Rounds that a checkpoint holds.</param>
/// <remarks>The trainer's thread only.</remarks>
internal sealed class ExactTraining(VersionSchedule versions, int overlap, IReadOnlyList<TrainedRound> pending)
{
    private readonly List<TrainedRound> _pending = [.. pending];
    private List<StepFeedback> _steps = [];

    public VersionSchedule Versions { get; } = versions;

    /// <summary>The rounds whose feedback the ranking stage had not applied when it ranked the newest batch.</summary>
    public IReadOnlyList<TrainedRound> Pending => [.. _pending];

    public void Add(StepFeedback step) => _steps.Add(step);

    /// <summary>Ends the round with all feedback added since the previous one.</summary>
    public TrainedRound End(long number)
    {
        var round = new TrainedRound(number, _steps);
        _steps = [];
        _pending.Add(round);
        _pending.RemoveAll(r => r.Number <= number - overlap);
        return round;
    }
}
