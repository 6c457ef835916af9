using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Training;
using HnmStreams.Torch.Learning;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline;

/// <summary>Puts a checkpoint's state into a learner that is being built, and says what has changed since.</summary>
/// <param name="from">Null begins anew.</param>
internal sealed partial class Resumption(ResumePoint? from, ILogger logger)
{
    /// <param name="shape">Of the settings as they are now.</param>
    /// <param name="registry">Null where versions pass no gate.</param>
    /// <returns>The trainer's own, which the caller disposes; null where there is no checkpoint.</returns>
    /// <exception cref="ShapeMismatchException">The checkpoint was made under settings that its state does not fit.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is not of such a learner.</exception>
    public TrainerCapture? Resume(IReadOnlyDictionary<string, string> shape, Learner learner, Ranker ranker, ModelRegistry? registry, bool exact)
    {
        if (from is null)
            return null;
        var changes = LearnerShape.Compare(from.Checkpoint.Manifest.Shape, shape);
        if (changes.Where(c => c.Meaning == ShapeChange.Refused).Select(c => (c.Key, c.Saved, c.Now)).ToArray() is { Length: > 0 } refused)
            throw ShapeMismatchException.Of(from.Path, refused);
        foreach (var (key, before, now, meaning) in changes)
        {
            if (meaning == ShapeChange.Adapted)
                LogAdapted(key, before, now);
            else if (exact)
                LogNotExact(key, before, now);
        }

        var saved = TrainerCapture.Read(from.Checkpoint);
        learner.Restore(saved.Learner);
        ranker.Restore(from);
        if (!BaselineCapture.IsIn(from.Checkpoint))
            ranker.Rounds.BeginBaselines();
        if (registry is null)
            return saved;
        using var models = RegistryCapture.Read(from.Checkpoint);
        if (models is not null)
            registry.Restore(models);
        return saved;
    }

    /// <summary>Where the baselines begin: where the checkpoint has them, else where the mined learner stands, so that they differ in nothing yet.</summary>
    public List<(BaselineStatus Status, double ScoringSeconds)> ResumeBaselines(TrainerCapture? mined, Learner[] learners)
    {
        var starts = new List<(BaselineStatus, double)>();
        for (var i = 0; i < learners.Length; i++)
        {
            using var saved = from is null ? null : BaselineCapture.Read(from.Checkpoint, (Baseline)i);
            if ((saved?.Learner ?? mined?.Learner) is { } state)
                learners[i].Restore(state);
            starts.Add(saved is not null ? (saved.Status, saved.ScoringSeconds)
                : (new BaselineStatus(learners[i].Steps, mined?.Status.TrainedRows ?? 0, mined?.Status.Seconds ?? 0, 0, 0), 0));
            if (saved is null && mined is not null && i == 0)
                LogBaselinesBegin(mined.Status.Steps);
        }

        return starts;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Key} was {Before} when the checkpoint was made and is {Now}: the state is adapted to it")]
    private partial void LogAdapted(string key, string before, string now);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Key} was {Before} when the checkpoint was made and is {Now}: from here on the run is not exact, it differs from one that was never interrupted")]
    private partial void LogNotExact(string key, string before, string now);

    [LoggerMessage(Level = LogLevel.Information, Message = "The checkpoint has no baselines: they begin as copies of the learner after its {Steps} steps")]
    private partial void LogBaselinesBegin(long steps);
}
