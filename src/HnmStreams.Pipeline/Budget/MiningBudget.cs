using HnmStreams.Mining.Randomness;

namespace HnmStreams.Pipeline.Budget;

/// <summary>
/// How much of the stream is scored, and how much of the negatives is drawn from the pool: read for each example and each
/// batch, set by the controller where there is one, else as the user has it; eased off where the model is past its best.
/// </summary>
/// <remarks>Thread-safe; O(1).</remarks>
internal sealed class MiningBudget
{
    private readonly Lock _gate = new();
    private readonly MiningBudgetSettings _settings;
    private readonly double _usualHardShare;
    private OverfittingGuardState _overfittingGuard = OverfittingGuardState.Initial;
    private double _trainedPerArrival;
    private double _scoredShare;
    private double _hardShare;
    private int _maximumUses;
    private bool _beatsChance = true;
    private BudgetState _state;

    public MiningBudget(MiningBudgetSettings settings)
    {
        _settings = settings;
        (_usualHardShare, _state) = (settings.Mix.HardShareOrDefault, BudgetState.At(settings.Controller));
        (_scoredShare, _hardShare) = (settings.ScoredShare ?? 1, _usualHardShare);
        IsControlled = settings is { HasBaselines: true, Controller.Enabled: true } && (!ScoredShareIsFixed || !HardShareIsFixed);
        _beatsChance = !IsControlled;
        _trainedPerArrival = settings.Mix.BatchSize / settings.Limiter.ExamplesPerStep;
        Ease(OverfittingGuardState.Initial);
    }

    /// <summary>Exact mode has no controller: seconds decide nothing there.</summary>
    public bool IsControlled { get; }

    public bool ScoredShareIsFixed => _settings.ScoredShare is not null;

    public bool HardShareIsFixed => _settings.Mix.HardShare is not null;

    /// <summary>Share of the arrivals that is scored, 0 to 1.</summary>
    public double ScoredShare => Volatile.Read(ref _scoredShare);

    /// <summary>Share of the negatives that is drawn from the pool, 0 to 1.</summary>
    public double HardShare => Volatile.Read(ref _hardShare);

    /// <summary>How often a candidate is drawn before it leaves the pool; 0 is unlimited.</summary>
    public int MaximumUses => Volatile.Read(ref _maximumUses);

    /// <summary>How far mining is eased off. Kept in checkpoints.</summary>
    public OverfittingGuardState OverfittingGuard
    {
        get
        {
            lock (_gate)
                return _overfittingGuard;
        }
    }

    /// <summary>
    /// Until the model is known to beat chance, each positive is scored and few of the negatives: where one in a thousand
    /// is positive, a share would hold too few of them for long.
    /// </summary>
    public bool ScoresEveryPositive => IsControlled && !ScoredShareIsFixed && !Volatile.Read(ref _beatsChance);

    /// <summary>Kept in checkpoints.</summary>
    public BudgetState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    /// <summary>Whether an example is scored: one draw, none where all are.</summary>
    public bool Scores(bool isPositive, Xoshiro256StarStar generator) =>
        ScoredShare is var share && (share >= 1 || generator.NextDouble() < share || (isPositive && ScoresEveryPositive));

    /// <summary>Whether the model is known to beat chance.</summary>
    public void Note(bool beatsChance)
    {
        if (!IsControlled)
            return;
        Volatile.Write(ref _beatsChance, beatsChance);
        Turn(State, Volatile.Read(ref _trainedPerArrival));
    }

    /// <summary>Goes on where a checkpoint stands, within today's bounds.</summary>
    public void Restore(BudgetState state, OverfittingGuardState easing)
    {
        if (_settings.OverfittingGuard.Enabled)
            Ease(easing with { Eased = Math.Min(easing.Eased, _settings.OverfittingGuard.Steps) });
        Turn(state with { Candidates = Math.Min(state.Candidates, _settings.Controller.MaximumCandidates) }, Volatile.Read(ref _trainedPerArrival));
    }

    public void Ease(OverfittingGuardState easing)
    {
        lock (_gate)
        {
            _overfittingGuard = easing;
            Volatile.Write(ref _maximumUses, OverfittingRule.UsesLeft(_settings.MaximumUses, easing.Eased));
            Turn(_state, _trainedPerArrival);
        }
    }

    /// <param name="trainedPerArrival">Rows trained on for each example that arrives.</param>
    public void Turn(BudgetState state, double trainedPerArrival)
    {
        lock (_gate)
        {
            _state = state;
            Volatile.Write(ref _trainedPerArrival, trainedPerArrival);
            if (!HardShareIsFixed)
                Volatile.Write(ref _hardShare, !IsControlled || state.Candidates > 0 ? _usualHardShare * OverfittingRule.ShareLeft(_overfittingGuard.Eased, _settings.OverfittingGuard.Steps) : 0);
            if (!IsControlled)
                return;
            var cost = _settings.Controller;
            var candidates = ScoresEveryPositive ? Math.Min(state.Candidates, cost.MinimumCandidates) : state.Candidates;
            if (!ScoredShareIsFixed)
                Volatile.Write(ref _scoredShare, Math.Min(candidates * trainedPerArrival, cost.MaximumShare));
        }
    }
}
