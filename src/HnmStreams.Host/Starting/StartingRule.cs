using System.Globalization;
using HnmStreams.Pipeline;
using HnmStreams.Torch.Learning;

namespace HnmStreams.Host.Starting;

/// <summary>A setting that follows from the data, because it is not set.</summary>
/// <param name="Reason">The figures that decided, without a period.</param>
internal sealed record StartingPoint(string Key, string Value, string Reason);

/// <summary>The figures of a training set.</summary>
/// <param name="Examples">The number of examples read.</param>
/// <param name="Positives">The number of positives among them; null if the task has no rare class.</param>
/// <param name="IsWhole">True if the whole set was read.</param>
/// <param name="Classes">The number of classes that the task distinguishes; 0 if it learns one class against the rest or no classes.</param>
internal readonly record struct SetFigures(long Examples, long? Positives, bool IsWhole, int Classes = 0);

/// <summary>The network of a run, as far as the starting settings depend on it.</summary>
internal enum StartingNetwork
{
    /// <summary>Another network, or one that does not start from random weights.</summary>
    Other,

    /// <summary>The built-in network for tables, from random weights.</summary>
    Table,

    /// <summary>The built-in network for texts, from random weights.</summary>
    Text,
}

/// <summary>The rules for starting settings. Pure.</summary>
/// <remarks>
/// The size of the pool follows the stream by itself (<c>pipeline.pool.distinctShare</c>), and the mining budget sets the scored share if there are
/// baselines.
/// </remarks>
internal static class StartingRule
{
    public const string HeldOutShareKey = "pipeline.evaluation.heldOutShare";
    public const string MinExamplesKey = "pipeline.limiter.minExamples";
    public const string BalanceStepsKey = "pipeline.miningBudget.balanceSteps";
    public const string ExamplesPerStepKey = "pipeline.limiter.examplesPerStep";
    public const string BatchSizeKey = "pipeline.mix.batchSize";
    public const string InitialFactorKey = "pipeline.training.initialFactor";
    public const string InitialStepsKey = "pipeline.training.initialSteps";
    public const string WeightDecayKey = "pipeline.training.weightDecay";

    /// <summary>The batch size for a set with a rare class.</summary>
    public const int RareClassBatch = 16;

    /// <summary>The batch size for a small table with a rare class.</summary>
    public const int SmallTableBatch = 8;

    /// <summary>The weight decay for a small table with a rare class.</summary>
    public const double SmallTableWeightDecay = 0.0003;

    /// <summary>The factor on the learning rate at the first step.</summary>
    public const double InitialFactor = 8;

    /// <summary>The number of classes from which on each has few examples in a batch and in the pool.</summary>
    public const int ManyClasses = 50;

    /// <summary>The number of scored examples per trained row with many classes.</summary>
    public const int ManyClassesCandidates = 4;

    /// <summary>The largest share that is held out. More would take too many examples from the training.</summary>
    public const double MaxHeldOutShare = 0.2;

    // The split is by hash, so that the number of held-out positives varies around its mean.
    private const double Margin = 1.2;

    // A learning rate was chosen together with its batch size and weight decay.
    private const string LearningRateKey = "pipeline.training.learningRate";

    // Some random negatives and positives must be there before the first step.
    private const long MinFirstExamples = 64;
    private const int FirstShare = 10;

    /// <summary>Returns the settings that follow, without those that are given.</summary>
    /// <param name="set">Null if the data are not known before the run, as with a topic of another producer.</param>
    /// <param name="isGiven">Returns true for a key that a file, the environment or the command line has set.</param>
    public static IReadOnlyList<StartingPoint> Choose(SetFigures? set, StartingNetwork network, PipelineOptions options, Func<string, bool> isGiven)
    {
        var points = new List<StartingPoint>();
        AddSteps(points, set, options, isGiven);
        // A set with a rare class that was read to its end is small.
        var isSmallTable = network == StartingNetwork.Table && set is { IsWhole: true, Positives: > 0 };
        var batchSize = set is { } known ? BatchSize(known, isSmallTable, options, isGiven) : null;
        if (network != StartingNetwork.Other && set is not null && CanRaiseRate(options.Training, isGiven))
            AddInitialFactor(points, batchSize == SmallTableBatch, options.Training, isGiven);
        if (batchSize is { } rows)
            AddBatchSize(points, set!.Value, rows, options, isGiven);
        if (isSmallTable && options.Training is { Optimizer: "adam", WeightDecay: 0 } && !isGiven(WeightDecayKey) && !isGiven(LearningRateKey))
            points.Add(new(WeightDecayKey, SmallTableWeightDecay.ToString(CultureInfo.InvariantCulture), Text($"a small table is repeated often, so that its {set!.Value.Positives} positives are memorized sooner")));
        if (set is not { IsWhole: true } figures)
            return points;
        // Without challengers, more held-out positives for the promotion gate gained nothing (sms-spam, 8 against 5 %: .9766 against .9778, sd .0018).
        if (options.Tuning.ComputeShare > 0 && !isGiven(HeldOutShareKey) && HeldOutShare(figures, options.Evaluation.HeldOutShare, options.Publishing.MinHeldOut) is var share && share > options.Evaluation.HeldOutShare)
            points.Add(new(HeldOutShareKey, share.ToString(CultureInfo.InvariantCulture), Text($"{figures.Positives ?? figures.Examples} {(figures.Positives is null ? "examples" : "positives")} in the set, and {options.Publishing.MinHeldOut} held-out ones are needed for comparisons")));
        if (!isGiven(MinExamplesKey) && Math.Clamp(figures.Examples / FirstShare, MinFirstExamples, options.Limiter.MinExamples) is var first && first < options.Limiter.MinExamples)
            points.Add(new(MinExamplesKey, first.ToString(CultureInfo.InvariantCulture), Text($"a tenth of the {figures.Examples} examples of the set")));
        return points;
    }

    /// <summary>
    /// Returns the share with which enough examples of the rarer kind are held out, in whole percent. If this takes more than a fifth of the set, versions
    /// cannot be compared anyway, and the present share stays.
    /// </summary>
    public static double HeldOutShare(SetFigures set, double present, int minHeldOut)
    {
        var rarer = set.Positives is { } positives ? Math.Min(positives, set.Examples - positives) : set.Examples;
        var needed = rarer == 0 ? double.PositiveInfinity : Math.Ceiling(100 * Margin * minHeldOut / rarer) / 100;
        return needed > MaxHeldOutShare ? present : Math.Max(present, needed);
    }

    private static void AddSteps(List<StartingPoint> points, SetFigures? set, PipelineOptions options, Func<string, bool> isGiven)
    {
        if (isGiven(ExamplesPerStepKey) || isGiven(BalanceStepsKey))
            return;
        // Nothing is rare, so that the steps are worth more than the choice of negatives. The figures are in tests/results/methods.md, "Steps and hard share with many classes".
        if (set is { Classes: >= ManyClasses and var classes })
            points.Add(new(ExamplesPerStepKey, (ManyClassesCandidates * options.Mix.BatchSize).ToString(CultureInfo.InvariantCulture), Text($"{classes} classes: more steps, with {ManyClassesCandidates} scored examples per trained row")));
        else if (options.Mode == "live")
            points.Add(new(BalanceStepsKey, "true", "the number of examples per step follows from the costs of scoring and training"));
    }

    // Chosen on creditcard-fraud and shuttle, and confirmed on sms-spam, kddcup99 and banking77. Of two sets of images one gained and one lost. The figures
    // are in tests/results/settings.md, "Larger first steps".
    private static bool CanRaiseRate(TrainingOptions training, Func<string, bool> isGiven) =>
        training is { Optimizer: "adam", Schedule: "constant", WarmupSteps: 0 } && !isGiven(LearningRateKey) && !isGiven(InitialFactorKey);

    private static void AddInitialFactor(List<StartingPoint> points, bool isSmallBatch, TrainingOptions training, Func<string, bool> isGiven)
    {
        var steps = training.InitialSteps;
        if (isSmallBatch && !isGiven(InitialStepsKey))
        {
            steps *= RareClassBatch / SmallTableBatch;
            points.Add(new(InitialStepsKey, steps.ToString(CultureInfo.InvariantCulture), "as many rows as with larger batches until the learning rate has fallen"));
        }

        points.Add(new(InitialFactorKey, InitialFactor.ToString(CultureInfo.InvariantCulture), Text($"large first steps; the learning rate falls to {training.LearningRate} within about {3 * steps} steps")));
    }

    // Rare positives are repeated soon, so that more and smaller steps learn faster. Sets with a rare class: nowhere significantly lower at equal rows on five sets, for at most
    // 17 % more seconds. Small tables with weight decay: ahead or level on 15 of 16. The figures are in tests/results/settings.md, "Batch size" and "Small tables".
    private static int? BatchSize(SetFigures set, bool isSmallTable, PipelineOptions options, Func<string, bool> isGiven)
    {
        var rows = isSmallTable ? SmallTableBatch : RareClassBatch;
        return set.Positives is > 0 && options.Training.Optimizer == "adam" && !isGiven(BatchSizeKey) && !isGiven(LearningRateKey) && options.Mix.BatchSize > rows ? rows : null;
    }

    private static void AddBatchSize(List<StartingPoint> points, SetFigures set, int rows, PipelineOptions options, Func<string, bool> isGiven)
    {
        points.Add(new(BatchSizeKey, rows.ToString(CultureInfo.InvariantCulture), Text($"{set.Positives} positives among the {(set.IsWhole ? "" : "first ")}{set.Examples} examples of the set: more and smaller steps")));
        // As many trained rows per example as before.
        if (!isGiven(ExamplesPerStepKey) && !options.MiningBudget.BalanceSteps && points.TrueForAll(static point => point.Key != BalanceStepsKey))
            points.Add(new(ExamplesPerStepKey, (options.Limiter.ExamplesPerStep * rows / options.Mix.BatchSize).ToString(CultureInfo.InvariantCulture), "as many trained rows per example as with larger steps"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
