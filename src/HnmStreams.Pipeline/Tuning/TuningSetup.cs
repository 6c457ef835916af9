using Akka.Actor;
using HnmStreams.Mining.Composition;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Compute;
using HnmStreams.Pipeline.Flow.Tuning;
using HnmStreams.Pipeline.Ranking.Stages;
using HnmStreams.Pipeline.Supervision;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Labels;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Replicas;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Tuning;

/// <summary>The task and the settings that tuning starts with, and the creation of its parts.</summary>
internal sealed partial class TuningSetup
{
    private readonly TuningOptions _options;
    private readonly LabeledTask _task;
    private readonly TunedSettings _start;
    private readonly IReadOnlyList<string> _fixed;
    private readonly TuningStatus? _saved;

    private TuningSetup(TuningOptions options, LabeledTask task, TunedSettings start, IReadOnlyList<string> fixedKeys, TuningStatus? saved) =>
        (_options, _task, _start, _fixed, _saved) = (options, task, start, fixedKeys, saved);

    /// <summary>The settings of the learner: those of the checkpoint, if tuning had changed them.</summary>
    public TunedSettings Champion => Tuner.ChampionOf(_start, _fixed, _saved);

    /// <summary>The maximum number of challenger actors.</summary>
    public int Challengers => _options.Challengers;

    /// <summary>Returns the setup; null if tuning is off, or the task has no outcome per example so that it cannot be tuned while it runs.</summary>
    public static TuningSetup? Of(TuningOptions options, TrainingOptions training, MixOptions mix, IMiningTask task, LoadedCheckpoint? checkpoint, ILogger logger)
    {
        if (!options.IsEnabled)
            return null;
        if (task is not LabeledTask { IsMultiLabel: false } labeled)
        {
            LogNotTuned(logger, task.Name);
            return null;
        }

        var start = new TunedSettings(training.LearningRate, training.WeightDecay, mix.HardShareOrDefault, mix.PositiveShare);
        // Prodigy estimates the rate.
        var isRateless = string.Equals(training.Optimizer, "prodigy", StringComparison.Ordinal);
        string[] keys = [.. options.Fixed, .. isRateless ? [TunedSettings.LearningRateKey] : Array.Empty<string>()];
        return new TuningSetup(options, labeled, start, [.. TunedSettings.Keys.Where(key => keys.Contains(key, StringComparer.OrdinalIgnoreCase))], checkpoint is null ? null : TuningCapture.Read(checkpoint));
    }

    /// <param name="cost">Returns the cost of the champion so far.</param>
    /// <param name="publish">Publishes the status.</param>
    public Tuner CreateTuner(Func<LearnerPerformance> cost, Action<TuningStatus> publish, TimeProvider time, ILogger logger) =>
        new(_options, _start, _fixed, _task.HasPositives, _saved, cost, publish, time, logger);

    /// <summary>Returns the props of the actor that runs the trials.</summary>
    /// <param name="learner">Creates a learner with other settings.</param>
    /// <param name="mayStart">Returns true if trials may start.</param>
    public Props TunerProps(
        Tuner tuner, Func<TunedSettings, Learner> learner, Func<ScoringReplica> replica, RankingPort ranking, ComputeLanes lanes, NativeCallTracker nativeCalls, Func<bool> mayStart, TimeProvider time)
    {
        var challenger = Props.Create(() => new ChallengerActor(learner, ranking, lanes, nativeCalls, time));
        return Props.Create(() => new TunerActor(_task, tuner, _options, replica, challenger, ranking, lanes, mayStart, time));
    }

    [LoggerMessage(EventId = 373, Level = LogLevel.Warning, Message = "The settings of the task {Task} are not tuned while it runs, because its examples have no outcome of their own. Use hnm tune.")]
    private static partial void LogNotTuned(ILogger logger, string task);
}
