using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Ranking;
using HnmStreams.Pipeline.Training;
using HnmStreams.Torch.Learning;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline;

/// <summary>Restores the state of a checkpoint into a learner that is being built, and logs the settings that have changed since.</summary>
/// <param name="from">The checkpoint; null starts without one.</param>
internal sealed partial class Resumption(ResumePoint? from, ILogger logger)
{
    /// <summary>Restores learner, ranker and registry.</summary>
    /// <param name="settings">The current settings.</param>
    /// <param name="registry">Null if there is no gate.</param>
    /// <returns>The state of the trainer, which the caller disposes; null if there is no checkpoint.</returns>
    /// <exception cref="IncompatibleSettingsException">The state of the checkpoint does not fit the settings.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is not that of such a learner.</exception>
    public TrainerCapture? Resume(IReadOnlyDictionary<string, string> settings, Learner learner, Ranker ranker, ModelRegistry? registry, bool exact)
    {
        if (from is null)
            return null;
        var changes = StateSettings.Compare(from.Checkpoint.Manifest.Settings, settings);
        if (changes.Where(c => c.Meaning == StateSettingChange.Refused).Select(c => (c.Key, c.Saved, c.Now)).ToArray() is { Length: > 0 } refused)
            throw IncompatibleSettingsException.Of(from.Path, refused);
        foreach (var (key, before, now, meaning) in changes)
        {
            if (meaning == StateSettingChange.Adapted)
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

    /// <summary>Restores the baselines from the checkpoint. If it has none, they begin as copies of the mined learner.</summary>
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

    [LoggerMessage(EventId = 330, Level = LogLevel.Information, Message = "{Key} was {Before} when the checkpoint was made but is {Now}. The state is adapted.")]
    private partial void LogAdapted(string key, string before, string now);

    [LoggerMessage(EventId = 331, Level = LogLevel.Warning, Message = "{Key} was {Before} when the checkpoint was made but is {Now}. From here on the run differs from one that was not interrupted.")]
    private partial void LogNotExact(string key, string before, string now);

    [LoggerMessage(EventId = 332, Level = LogLevel.Information, Message = "The checkpoint has no baselines. They begin as copies of the learner after {Steps} steps.")]
    private partial void LogBaselinesBegin(long steps);
}
