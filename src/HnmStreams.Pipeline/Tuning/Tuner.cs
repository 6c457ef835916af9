using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Baselines;
using HnmStreams.Pipeline.Flow.Tuning;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Tuning;

/// <summary>The trials, their evidence and the decisions. It knows no actor: it decides which trial starts, and what follows from new outcomes.</summary>
/// <remarks>One owner. <see cref="Capture"/> may be called from any thread.</remarks>
internal sealed partial class Tuner
{
    private const int MaxDecisions = 50;

    private readonly TuningOptions _options;
    private readonly TunedSettings _start;
    private readonly SettingsOracle _oracle;
    private readonly Func<LearnerPerformance> _cost;
    private readonly Action<TuningStatus> _publish;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<long, Trial> _trials = [];
    private readonly List<TunedSettings> _tried = [];
    private TuningStatus _status;

    /// <param name="start">The settings that the run starts with.</param>
    /// <param name="fixedKeys">The keys of the settings that are not varied.</param>
    /// <param name="saved">The state of the checkpoint; null without one.</param>
    /// <param name="cost">Returns the cost of the champion so far.</param>
    /// <param name="publish">Publishes the status.</param>
    public Tuner(
        TuningOptions options,
        TunedSettings start,
        IReadOnlyList<string> fixedKeys,
        bool hasPositives,
        TuningStatus? saved,
        Func<LearnerPerformance> cost,
        Action<TuningStatus> publish,
        TimeProvider time,
        ILogger logger)
    {
        (_options, _start, _cost, _publish, _time, _logger) = (options, start, cost, publish, time, logger);
        _oracle = new SettingsOracle(start, key => fixedKeys.Contains(key, StringComparer.OrdinalIgnoreCase), hasPositives);
        _status = (saved ?? new TuningStatus(start, start, fixedKeys, [], [], 0, 0, 0, 0, 0)) with
        {
            Champion = ChampionOf(start, fixedKeys, saved),
            Start = start,
            Fixed = fixedKeys,
        };
        Publish();
    }

    /// <summary>The settings of the learner.</summary>
    public TunedSettings Champion => _status.Champion;

    /// <summary>Returns the champion of a checkpoint, in which settings that are fixed now have their present values.</summary>
    public static TunedSettings ChampionOf(TunedSettings start, IReadOnlyList<string> fixedKeys, TuningStatus? saved) =>
        saved is null ? start : fixedKeys.Where(TunedSettings.Keys.Contains).Aggregate(saved.Champion, (settings, key) => settings.With(key, start.ValueOf(key)));

    /// <summary>Starts another trial if the compute share pays for it.</summary>
    /// <returns>The number of the trial and the settings of the challenger; null if none starts.</returns>
    public (long Number, TunedSettings Settings)? TryStart()
    {
        var cost = _cost();
        if (_trials.Count >= _options.Challengers || cost.Steps == 0)
            return null;
        var perStep = cost.TrainingSeconds / cost.Steps;
        var reserved = _trials.Values.Sum(trial => Math.Max(0, _options.TrialSteps - trial.Steps)) * perStep;
        if (!TrialRule.MayStart(cost.ScoringSeconds + cost.TrainingSeconds, _status.ChallengerSeconds + _status.EvaluationSeconds, reserved, _options.ComputeShare))
            return null;
        if (_oracle.Next(Champion, _tried, [.. _trials.Values.Select(trial => trial.Settings)]) is not { } settings)
            return null;
        var number = _status.Comparisons + 1;
        _tried.Add(settings);
        _trials.Add(number, new Trial(settings, new ConfidenceSequence(ErrorBudget.Of(_options.ErrorRate, number))));
        _status = _status with { Comparisons = number };
        var changes = settings.ChangesFrom(Champion);
        LogStarted(number, changes);
        Publish();
        return (number, settings);
    }

    /// <summary>Adds the outcomes of a comparison to the evidence of a trial.</summary>
    /// <param name="differences">The differences between challenger and champion.</param>
    /// <param name="steps">The steps of the challenger since its trial began.</param>
    /// <param name="seconds">The compute seconds of these steps.</param>
    /// <returns>The verdict. A trial that is not undecided has to be ended.</returns>
    public TrialVerdict Add(long number, IReadOnlyList<double> differences, long steps, double seconds)
    {
        if (!_trials.TryGetValue(number, out var trial))
            return TrialVerdict.Undecided;
        foreach (var difference in TrialRule.Counts(steps, _options) ? differences : [])
            trial.Evidence.Add(difference);
        _status = _status with { ChallengerSeconds = _status.ChallengerSeconds + seconds - trial.Seconds };
        (trial.Steps, trial.Seconds) = (steps, seconds);
        Publish();
        return TrialRule.Decide(trial.Evidence.Low, trial.Evidence.High, steps, _options);
    }

    /// <summary>Returns the settings of the challenger of a running trial.</summary>
    public TunedSettings SettingsOf(long number) => _trials[number].Settings;

    /// <summary>Adds the compute seconds of a comparison.</summary>
    public void AddEvaluation(double seconds)
    {
        _status = _status with { EvaluationSeconds = _status.EvaluationSeconds + seconds };
        Publish();
    }

    /// <summary>Ends a trial without a promotion; does nothing if it has ended.</summary>
    public void End(long number, string reason)
    {
        if (!_trials.Remove(number, out var trial))
            return;
        Decide(StatusOf(number, trial), promoted: false, reason);
    }

    /// <summary>Ends all trials without a promotion.</summary>
    public void EndAll(string reason)
    {
        foreach (var number in _trials.Keys)
            End(number, reason);
    }

    /// <summary>Makes the challenger of a trial the champion. The other trials end: they were compared with another champion.</summary>
    public void Promote(long number)
    {
        if (!_trials.Remove(number, out var trial))
            return;
        var evidence = StatusOf(number, trial);
        EndAll($"Trial {number} was promoted.");
        _tried.Clear();
        _status = _status with { Champion = trial.Settings, Promotions = _status.Promotions + 1 };
        Decide(evidence, promoted: true, "Significantly better.");
    }

    /// <summary>Returns a copy of the state for a checkpoint. Any thread.</summary>
    public TuningCapture Capture() => new(Volatile.Read(ref _status));

    private void Decide(TrialStatus evidence, bool promoted, string reason)
    {
        _status = _status with { Decisions = [.. _status.Decisions.TakeLast(MaxDecisions - 1), new TuningDecision(evidence, promoted, reason, _time.GetUtcNow())] };
        if (promoted)
            LogPromoted(evidence.Trial, evidence.Changes, evidence.Difference, evidence.Low, evidence.High, evidence.Outcomes, evidence.Steps, _status.ComputeShare);
        else
            LogEnded(evidence.Trial, evidence.Changes, evidence.Difference, evidence.Low, evidence.High, evidence.Outcomes, evidence.Steps, reason);
        Publish();
    }

    private void Publish()
    {
        var cost = _cost();
        var spent = _status.ChallengerSeconds + _status.EvaluationSeconds;
        var all = spent + cost.ScoringSeconds + cost.TrainingSeconds;
        Volatile.Write(ref _status, _status with
        {
            Trials = [.. _trials.OrderBy(trial => trial.Key).Select(trial => StatusOf(trial.Key, trial.Value))],
            ComputeShare = all > 0 ? spent / all : 0,
        });
        _publish(_status);
    }

    private TrialStatus StatusOf(long number, Trial trial) => new(
        number, trial.Settings.ChangesFrom(Champion), trial.Steps, trial.Evidence.Count, trial.Evidence.Mean, trial.Evidence.Low, trial.Evidence.High, trial.Evidence.ErrorRate);

    [LoggerMessage(EventId = 370, Level = LogLevel.Information, Message = "Trial {Trial} of a challenger with {Changes} starts.")]
    private partial void LogStarted(long trial, string changes);

    [LoggerMessage(EventId = 371, Level = LogLevel.Information, Message = "The challenger with {Changes} takes the place of the learner (trial {Trial}): {Difference:+0.0000;-0.0000;0.0000} [{Low:0.0000}, {High:0.0000}] on {Outcomes} held-out outcomes after {Steps} steps. Tuning took {Share:P1} of the compute so far.")]
    private partial void LogPromoted(long trial, string changes, double difference, double low, double high, long outcomes, long steps, double share);

    [LoggerMessage(EventId = 372, Level = LogLevel.Information, Message = "Trial {Trial} of the challenger with {Changes} ends: {Difference:+0.0000;-0.0000;0.0000} [{Low:0.0000}, {High:0.0000}] on {Outcomes} held-out outcomes after {Steps} steps. {Reason}")]
    private partial void LogEnded(long trial, string changes, double difference, double low, double high, long outcomes, long steps, string reason);

    private sealed class Trial(TunedSettings settings, ConfidenceSequence evidence)
    {
        public TunedSettings Settings => settings;

        public ConfidenceSequence Evidence => evidence;

        public long Steps { get; set; }

        public double Seconds { get; set; }
    }
}
