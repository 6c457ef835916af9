using HnmStreams.Mining.Composition;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.RateLimiting;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Flow.Tuning;
using HnmStreams.Pipeline.Mixing;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>
/// Draws the batches of the training steps that the stream allows, for the learner and for the baselines. Baselines have
/// their own generators, so that they shift no draw of the learner.
/// </summary>
/// <param name="composer">Its draws come from <paramref name="draws"/>.</param>
/// <param name="draws">The generator of the learner's batches.</param>
/// <param name="randomDraws">The generator of the baselines' random negatives.</param>
/// <param name="extraDraws">The generator of the steps that only the baseline at equal compute takes.</param>
/// <param name="composed">Called with each batch drawn for the learner.</param>
/// <remarks>Owned by the ranking stage: one thread, no locks.</remarks>
internal sealed class TrainingRounds(
    IBatchComposer composer,
    RankerSettings settings,
    ChanceGate chance,
    Xoshiro256StarStar draws,
    Xoshiro256StarStar randomDraws,
    Xoshiro256StarStar extraDraws,
    Action<ComposedBatch> composed)
{
    // Batches that are drawn together do not see each other's feedback, so a round is short.
    private const int MaxStepsPerRound = 8;
    private const string Structure = "training rounds";

    // Not saved: the trials of challengers start again after a restart.
    private readonly Xoshiro256StarStar _challengerDraws = new Xoshiro256StarStar(settings.Seed).Fork(8);
    private IStepLimiter _limiter = settings.IsExact ? new RatioLimiter(settings.Limiter) : new StepLimiter(settings.Limiter);
    // The number of the newest batch, and the examples scored up to it.
    private long _number = -1;
    private long _scored;
    // Exact mode: scored examples that pay for no extra steps, and the extra steps paid for so far.
    private long _scoredBeforeBaselines;
    private long _extraSteps;

    /// <summary>The plan of the newest batch; null before the first.</summary>
    public MixPlan? LastMix { get; private set; }

    /// <summary>The number of steps that the stream allowed and a slow trainer could not take.</summary>
    public long SkippedSteps => _limiter.SkippedSteps;

    /// <summary>Sets the number of examples per step from now on. Only in live mode: the limiter of exact mode counts from the beginning.</summary>
    public void SetExamplesPerStep(double examples)
    {
        if (settings.IsExact)
            throw new InvalidOperationException("The number of examples per step must not change in exact mode.");
        var options = new StepLimiterOptions { ExamplesPerStep = examples, MinExamples = settings.Limiter.MinExamples, MaxDebtSteps = settings.Limiter.MaxDebtSteps };
        _limiter = StepLimiter.Restore(options, _limiter.Save());
    }

    /// <summary>Takes a mini-batch into account: it allows further steps.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="examples">Its examples.</param>
    /// <param name="scored">Examples scored so far.</param>
    public void Advance(long number, int examples, long scored)
    {
        (_number, _scored) = (number, scored);
        _limiter.Consumed(examples);
    }

    /// <summary>Returns the batches for the steps that the limiter allows now, a few at most; null if it allows none.</summary>
    public LearnersRound? TryDrawRound()
    {
        if (TryDraw() is not { } first)
            return null;
        var batches = new List<TrainingBatch> { first };
        while (batches.Count < MaxStepsPerRound && TryDraw() is { } next)
            batches.Add(next);
        return WithBaselines(batches, _number);
    }

    /// <summary>Returns the batch of one step for each learner; null if the limiter allows none.</summary>
    public LearnersRound? TryDrawStep() => TryDraw() is { } batch ? WithBaselines([batch], _number) : null;

    /// <summary>Returns the batches for all steps that the limiter allows now, in order, and the extra steps of the baseline at equal compute.</summary>
    public LearnersRound DrawAll(long number)
    {
        var batches = new List<TrainingBatch>();
        while (TryDraw() is { } next)
            batches.Add(next);
        var round = WithBaselines(batches, number);
        if (round.EqualCompute is not { } equal || !composer.HasSupply)
            return round;
        var owed = ExtraSteps.PaidFor(_scored - _scoredBeforeBaselines, settings.Mix.BatchSize) - _extraSteps;
        _extraSteps += owed;
        return round with { EqualCompute = equal with { Batches = [.. equal.Batches, .. DrawExtraSteps((int)Math.Min(owed, int.MaxValue))] } };
    }

    /// <summary>Returns batches for steps that only the baseline at equal compute takes; none if there is nothing to train on.</summary>
    public IReadOnlyList<TrainingBatch> DrawExtraSteps(int steps)
    {
        var batches = new List<TrainingBatch>();
        while (batches.Count < steps && composer.ComposeExtra(extraDraws) is { Rows.Count: > 0 } batch)
            batches.Add(batch);
        return batches;
    }

    /// <summary>Returns the rows for one step of the learner; null if the limiter allows none or there is nothing to train on.</summary>
    public TrainingBatch? TryDraw()
    {
        if (!composer.HasSupply || !_limiter.TryTakeStep())
            return null;
        var batch = composer.Compose(_limiter.StepsTaken, chance.IsOpen);
        LastMix = batch.Plan;
        composed(new ComposedBatch(_limiter.StepsTaken, batch.Plan, batch.CoolingDown, batch.Rows.Count, chance.IsOpen));
        return batch;
    }

    /// <summary>Returns the counterpart of a round for a challenger, which is independent of the round. It must be drawn before the round is sent.</summary>
    public TrainingRound DrawVariant(TrainingRound mined, TunedSettings settings) =>
        new([.. mined.Batches.Select(batch => composer.ComposeVariant(batch, settings.HardShare, settings.PositiveShare, _limiter.StepsTaken, chance.IsOpen, _challengerDraws))], mined.Number);

    /// <summary>Begins the baselines at the present state, if there are any: they get no extra steps for what was scored before.</summary>
    public void BeginBaselines()
    {
        if (settings.HasBaselines)
            (_scoredBeforeBaselines, _extraSteps) = (_scored, 0);
    }

    public void Save(StateWriter writer)
    {
        writer.Begin(Structure, 1);
        draws.Save(writer);
        randomDraws.Save(writer);
        extraDraws.Save(writer);
        writer.WriteInt64(_number);
        writer.WriteInt64(_scored);
        writer.WriteInt64(_scoredBeforeBaselines);
        writer.WriteInt64(_extraSteps);
        _limiter.Save().Write(writer);
    }

    /// <exception cref="InvalidDataException">The state is not that of training rounds.</exception>
    public void Restore(StateReader reader)
    {
        reader.Expect(Structure, 1);
        draws.Load(reader.ReadGenerator().Save());
        randomDraws.Load(reader.ReadGenerator().Save());
        extraDraws.Load(reader.ReadGenerator().Save());
        (_number, _scored) = (reader.ReadInt64(), reader.ReadInt64());
        (_scoredBeforeBaselines, _extraSteps) = (reader.ReadInt64(), reader.ReadInt64());
        var limiter = reader.ReadLimiter();
        _limiter = settings.IsExact ? RatioLimiter.Restore(settings.Limiter, limiter) : StepLimiter.Restore(settings.Limiter, limiter);
    }

    private LearnersRound WithBaselines(IReadOnlyList<TrainingBatch> batches, long number)
    {
        var mined = new TrainingRound(batches, number);
        if (!settings.HasBaselines)
            return new LearnersRound(mined);
        TrainingBatch[] random = [.. batches.Select(batch => composer.ComposeRandom(batch, randomDraws))];
        TrainingBatch[] equal = [.. random.Select(batch => batch.Of(Enumerable.Range(0, batch.Rows.Count)))];
        return new LearnersRound(mined, new TrainingRound(random, number), new TrainingRound(equal, number));
    }
}
