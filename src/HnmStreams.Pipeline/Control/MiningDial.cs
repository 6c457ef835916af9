using HnmStreams.Mining.Randomness;

namespace HnmStreams.Pipeline.Control;

/// <summary>
/// How much of the stream is scored, and how much of the negatives is drawn from the pool: read for each example and each
/// batch, set by the controller where there is one, else as the user has it.
/// </summary>
/// <remarks>Thread-safe; O(1).</remarks>
internal sealed class MiningDial
{
    private readonly PipelineOptions _options;
    private readonly double _hardShare;
    private double _scoredShare;
    private double _drawnShare;
    private Box _state;

    public MiningDial(PipelineOptions options)
    {
        _options = options;
        _hardShare = options.Mix.HardShareOrUsual;
        (_scoredShare, _drawnShare) = (options.Scoring.ShareOrAll, _hardShare);
        IsControlled = options.Control is { Enabled: true, Cost.Enabled: true } && !options.IsExact && (!ScoredShareIsFixed || !HardShareIsFixed);
        _state = new Box(CostState.At(options.Control.Cost));
        if (IsControlled)
            Turn(_state.State, options.Mix.BatchSize / options.Limiter.ExamplesPerStep);
    }

    /// <summary>Exact mode has no controller: seconds decide nothing there.</summary>
    public bool IsControlled { get; }

    public bool ScoredShareIsFixed => _options.Scoring.Share is not null;

    public bool HardShareIsFixed => _options.Mix.HardShare is not null;

    /// <summary>Share of the arrivals that is scored, 0 to 1.</summary>
    public double ScoredShare => Volatile.Read(ref _scoredShare);

    /// <summary>Share of the negatives that is drawn from the pool, 0 to 1.</summary>
    public double HardShare => Volatile.Read(ref _drawnShare);

    /// <summary>Whether an example is scored: one draw, none where all are.</summary>
    public bool Scores(Xoshiro256StarStar generator) => ScoredShare is var share && (share >= 1 || generator.NextDouble() < share);

    /// <summary>Kept in checkpoints.</summary>
    public CostState State => Volatile.Read(ref _state).State;

    /// <summary>Goes on where a checkpoint stands, within today's bounds.</summary>
    public void Restore(CostState state) =>
        Turn(state with { Candidates = Math.Min(state.Candidates, _options.Control.Cost.MaximumCandidates) }, _options.Mix.BatchSize / _options.Limiter.ExamplesPerStep);

    /// <param name="trainedPerArrival">Rows trained on for each example that arrives.</param>
    public void Turn(CostState state, double trainedPerArrival)
    {
        Volatile.Write(ref _state, new Box(state));
        if (!IsControlled)
            return;
        if (!ScoredShareIsFixed)
            Volatile.Write(ref _scoredShare, Math.Min(state.Candidates * trainedPerArrival, _options.Control.Cost.MaximumShare));
        if (!HardShareIsFixed)
            Volatile.Write(ref _drawnShare, state.Candidates > 0 ? _hardShare : 0);
    }

    private sealed record Box(CostState State);
}
