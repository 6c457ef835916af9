namespace HnmStreams.Web.Recovery;

/// <summary>The state of a run at one moment, as far as recoveries depend on it.</summary>
/// <param name="ComparedSteps">The steps of the mined weights that were evaluated last; null before the first comparison.</param>
/// <param name="Metrics">The primary metric and the steps of the mined learner, the random baseline and the random baseline at equal compute; null before the first comparison.</param>
internal sealed record RecoveryObservation(double Seconds, long Consumed, long Steps, long? ComparedSteps, IReadOnlyList<(double? Value, long Steps)>? Metrics);

/// <summary>
/// Measures how long each learner needs after a known change of the stream until the primary metric is back at a level. The rule is the same
/// for all learners: the level is fixed before the change, and a learner is back with the first of two consecutive evaluations at or above it.
/// </summary>
/// <remarks>Thread-safe. Memory is bounded by <see cref="MaxChanges"/>.</remarks>
internal sealed class RecoveryTracker(StreamChanges changes)
{
    /// <summary>The maximum number of changes kept, the newest.</summary>
    public const int MaxChanges = 200;

    /// <summary>The number of learners: mined, random, random at equal compute.</summary>
    public const int Learners = 3;

    private const double LevelShare = 0.95;

    // The level is a mean over several evaluations, because a single one is noisy.
    private const int EvaluationsForLevel = 3;

    private readonly Lock _gate = new();
    private readonly Queue<ChangeRecovery> _ended = new();
    private readonly Queue<double[]> _before = new();
    private RecoveryObservation? _last;
    private OpenRecovery? _open;

    /// <summary>The recoveries, oldest first. The last one may be in progress.</summary>
    public IReadOnlyList<ChangeRecovery> Recoveries
    {
        get
        {
            lock (_gate)
                return _open is null ? [.. _ended] : [.. _ended, _open.Result(_last!.Seconds, ended: false)];
        }
    }

    /// <summary>Takes the present state of the run into account. Observations must be in order of time.</summary>
    public void Observe(RecoveryObservation now)
    {
        lock (_gate)
        {
            if (_last is { } last)
            {
                TakeChanges(last, now);
                if (now is { ComparedSteps: { } compared, Metrics: { } metrics } && compared != last.ComparedSteps)
                    TakeEvaluation(now.Seconds, compared, metrics);
            }

            _last = now;
        }
    }

    private void TakeChanges(RecoveryObservation last, RecoveryObservation now)
    {
        var newest = changes.CountAmong(now.Consumed);
        if (newest <= changes.CountAmong(last.Consumed))
            return;
        var position = changes.PositionOf(newest);
        // Observations are a second apart. The change arrived between the last two.
        var part = (double)(position - last.Consumed) / (now.Consumed - last.Consumed);
        var seconds = last.Seconds + (part * (now.Seconds - last.Seconds));
        if (_open is not null)
        {
            _ended.Enqueue(_open.Result(seconds, ended: true));
            if (_ended.Count > MaxChanges)
                _ended.Dequeue();
        }

        _open = _before.Count == 0 ? null : new OpenRecovery(newest, position, seconds, last.Steps + (long)(part * (now.Steps - last.Steps)), Level());
    }

    // The median: a learner that has not recovered from the change before must not lower the level for all, and the best one must not raise it.
    private double Level() => LevelShare * Enumerable.Range(0, Learners).Select(learner => _before.Average(values => values[learner])).Order().ElementAt(Learners / 2);

    private void TakeEvaluation(double seconds, long compared, IReadOnlyList<(double? Value, long Steps)> metrics)
    {
        if (metrics.Any(m => m.Value is null))
            return;
        _before.Enqueue([.. metrics.Select(m => m.Value!.Value)]);
        if (_before.Count > EvaluationsForLevel)
            _before.Dequeue();
        _open?.Take(seconds, compared, metrics);
    }

    private sealed class OpenRecovery(long number, long position, double at, long stepsAt, double level)
    {
        private readonly State[] _learners = [.. Enumerable.Range(0, Learners).Select(_ => new State())];
        private double? _first;

        /// <param name="compared">Steps of the evaluated weights. Weights from before the change say nothing about recovery.</param>
        public void Take(double seconds, long compared, IReadOnlyList<(double? Value, long Steps)> metrics)
        {
            if (compared <= stepsAt)
            {
                for (var i = 0; i < Learners; i++)
                    _learners[i].StepsBefore = metrics[i].Steps;
                return;
            }

            _first ??= seconds - at;
            for (var i = 0; i < Learners; i++)
                _learners[i].Take(metrics[i].Value!.Value, metrics[i].Steps, seconds - at, level);
        }

        public ChangeRecovery Result(double now, bool ended) => new(
            number, position, at, level, _first, now - at, ended, _learners[0].Result(stepsAt, ended), _learners[1].Result(stepsAt, ended), _learners[2].Result(null, ended));

        private sealed class State
        {
            private double? _lowest;
            private bool _fell;
            private (double Seconds, long Steps)? _candidate;
            private (double Seconds, long Steps)? _back;

            public long? StepsBefore { get; set; }

            public void Take(double value, long steps, double seconds, double level)
            {
                StepsBefore ??= steps;
                _lowest = Math.Min(_lowest ?? value, value);
                if (_back is not null)
                    return;
                if (value < level)
                    (_fell, _candidate) = (true, null);
                else if (_fell && _candidate is { } candidate)
                    _back = candidate;
                else if (_fell)
                    _candidate = (seconds, steps);
            }

            /// <param name="stepsAt">The steps at the change; null takes those of the last evaluation before it.</param>
            public LearnerRecovery Result(long? stepsAt, bool ended)
            {
                var back = _back ?? (ended ? _candidate : null);
                if (back is { } at)
                    return new LearnerRecovery(_lowest, _fell, at.Seconds, Math.Max(0, at.Steps - (stepsAt ?? StepsBefore ?? 0)));
                return ended && !_fell ? new LearnerRecovery(_lowest, false, 0, 0) : new LearnerRecovery(_lowest, _fell, null, null);
            }
        }
    }
}
