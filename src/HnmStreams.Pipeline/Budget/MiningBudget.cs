using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Pipeline.Budget;

/// <summary>
/// The share of the stream that is scored, and the share of the negatives that is drawn from the pool. It is read per example and
/// per batch. The controller sets it if there is one, else the user's settings; the overfitting guard reduces it.
/// </summary>
/// <remarks>Thread-safe; O(1).</remarks>
internal sealed class MiningBudget : IScoredShare
{
    private readonly Lock _gate = new();
    private readonly MiningBudgetSettings _settings;
    private double _fullHardShare;
    private double _hardShareLeft = 1;
    private double _positiveShare;
    private OverfittingGuardState _overfittingGuard = OverfittingGuardState.Initial;
    private double _trainedPerArrival;
    private double _scoredShare;
    private double _hardShare;
    private int _maxUses;
    private bool _beatsChance;
    private BudgetState _state;

    public MiningBudget(MiningBudgetSettings settings)
    {
        _settings = settings;
        (_fullHardShare, _state) = (settings.Mix.HardShareOrDefault, BudgetState.Initial(settings.Controller));
        (_scoredShare, _hardShare, _positiveShare) = (settings.ScoredShare ?? 1, _fullHardShare, settings.Mix.PositiveShare);
        IsControlled = settings is { HasBaselines: true, Controller.Enabled: true } && (!ScoredShareIsFixed || !HardShareIsFixed);
        _beatsChance = !IsControlled;
        _trainedPerArrival = settings.Mix.BatchSize / settings.Limiter.ExamplesPerStep;
        Set(OverfittingGuardState.Initial);
    }

    /// <summary>True if the controller sets the budget. Never in exact mode, in which no decision may depend on time.</summary>
    public bool IsControlled { get; }

    /// <summary>True if the user has set the scored share.</summary>
    public bool ScoredShareIsFixed => _settings.ScoredShare is not null;

    /// <summary>True if the user has set the hard share.</summary>
    public bool HardShareIsFixed => _settings.Mix.HardShare is not null;

    /// <summary>The share of the arrivals that is scored, 0 to 1.</summary>
    public double ScoredShare => Volatile.Read(ref _scoredShare);

    /// <summary>The share of the negatives that is drawn from the pool, 0 to 1.</summary>
    public double HardShare => Volatile.Read(ref _hardShare);

    /// <summary>The share of positives in a batch, 0 to 1.</summary>
    public double PositiveShare => Volatile.Read(ref _positiveShare);

    /// <summary>The number of times that a candidate is drawn before it leaves the pool; 0 is unlimited.</summary>
    public int MaxUses => Volatile.Read(ref _maxUses);

    /// <summary>The state of the overfitting guard.</summary>
    public OverfittingGuardState OverfittingGuard
    {
        get
        {
            lock (_gate)
                return _overfittingGuard;
        }
    }

    /// <summary>The state of the controller.</summary>
    public BudgetState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    /// <summary>
    /// True until the model is known to beat chance: each positive and only few negatives are scored. At one positive in
    /// a thousand, a plain share would hold too few positives for a long time.
    /// </summary>
    public bool ScoresEveryPositive => IsControlled && !ScoredShareIsFixed && !Volatile.Read(ref _beatsChance);

    /// <inheritdoc/>
    public bool Scores(bool isPositive, Xoshiro256StarStar generator) =>
        ScoredShare is var share && (share >= 1 || generator.NextDouble() < share || (isPositive && ScoresEveryPositive));

    /// <summary>Notes if the model is known to beat chance.</summary>
    public void Note(bool beatsChance)
    {
        if (!IsControlled)
            return;
        Volatile.Write(ref _beatsChance, beatsChance);
        Set(State, Volatile.Read(ref _trainedPerArrival));
    }

    /// <summary>Sets the state of the overfitting guard.</summary>
    public void Set(OverfittingGuardState state)
    {
        lock (_gate)
        {
            _overfittingGuard = state;
            Volatile.Write(ref _maxUses, OverfittingRule.UsesLeft(_settings.MaxUses, state.BackoffLevel));
            Set(_state, _trainedPerArrival);
        }
    }

    /// <summary>Sets the state of the controller.</summary>
    /// <param name="trainedPerArrival">Rows trained on per example that arrives.</param>
    public void Set(BudgetState state, double trainedPerArrival)
    {
        lock (_gate)
        {
            _state = state;
            Volatile.Write(ref _trainedPerArrival, trainedPerArrival);
            if (!HardShareIsFixed)
                Volatile.Write(ref _hardShareLeft, !IsControlled || state.Candidates > 0 ? OverfittingRule.ShareLeft(_overfittingGuard.BackoffLevel, _settings.OverfittingGuard.BackoffLevels) : 0);
            Volatile.Write(ref _hardShare, HardShareOf(_fullHardShare));
            if (!IsControlled)
                return;
            var options = _settings.Controller;
            var candidates = ScoresEveryPositive ? Math.Min(state.Candidates, options.MinCandidates) : state.Candidates;
            if (!ScoredShareIsFixed)
                Volatile.Write(ref _scoredShare, Math.Min(candidates * trainedPerArrival, options.MaxShare));
        }
    }

    /// <summary>Sets the shares of a batch that tuning has chosen. The reductions of the hard share by the controller and the overfitting guard stay.</summary>
    public void Tune(double hardShare, double positiveShare)
    {
        lock (_gate)
        {
            _fullHardShare = hardShare;
            Volatile.Write(ref _positiveShare, positiveShare);
            Volatile.Write(ref _hardShare, HardShareOf(hardShare));
        }
    }

    /// <summary>Returns the part of a hard share that the controller and the overfitting guard leave.</summary>
    public double HardShareOf(double full) => full * Volatile.Read(ref _hardShareLeft);

    public void Save(StateWriter writer)
    {
        lock (_gate)
        {
            _state.Save(writer);
            _overfittingGuard.Save(writer);
        }
    }

    /// <summary>Restores the states of a checkpoint, within today's bounds.</summary>
    /// <exception cref="InvalidDataException">The state is not that of a mining budget.</exception>
    public void Restore(StateReader reader)
    {
        var (state, guard) = (BudgetState.Read(reader), OverfittingGuardState.Read(reader));
        if (_settings.OverfittingGuard.Enabled)
            Set(guard with { BackoffLevel = Math.Min(guard.BackoffLevel, _settings.OverfittingGuard.BackoffLevels) });
        Set(state with { Candidates = Math.Min(state.Candidates, _settings.Controller.MaxCandidates) }, Volatile.Read(ref _trainedPerArrival));
    }
}

/// <summary>The share of the stream that is scored.</summary>
/// <remarks>Thread-safe.</remarks>
internal interface IScoredShare
{
    /// <summary>Decides if an example is scored. Draws once, or not at all if every example is scored.</summary>
    bool Scores(bool isPositive, Xoshiro256StarStar generator);
}
