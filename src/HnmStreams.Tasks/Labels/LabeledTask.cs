using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;
using HnmStreams.Tasks.Hardness;
using HnmStreams.Tasks.Outcomes;
using HnmStreams.Torch;
using HnmStreams.Torch.Losses;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Labels;

/// <summary>The base of all tasks whose target is one class per example (one class against the rest, or several classes) or a set of labels.</summary>
public abstract class LabeledTask : IMiningTask, ILateLabels
{
    private readonly TargetReader? _targets;
    private readonly LabelSetReader? _sets;
    private readonly IExampleLoss _loss;
    private readonly bool _hasUnknown;

    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    private protected LabeledTask(string name, LabelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if ((options.MultiLabelProblem ?? options.UnknownProblem ?? options.LossProblem ?? options.WeightProblem) is { } problem)
            throw new ArgumentException(problem, nameof(options));
        Name = name;
        HasPositives = options.Positive is not null;
        _sets = options.MultiLabel ? new LabelSetReader([.. options.Labels]) : null;
        _targets = options.MultiLabel ? null : new TargetReader(options.Positive, options.Labels, options.Unknown);
        OutputWidth = _targets?.Width ?? options.Labels.Length;
        _hasUnknown = options.Unknown is not null;
        _loss = options.CreateLoss();
    }

    public string Name { get; }

    public bool HasPositives { get; }

    /// <inheritdoc/>
    public virtual bool HasDenseInputs => true;

    /// <summary>True if any number of labels can apply to an example. The label of a row then has a bit per label.</summary>
    public bool IsMultiLabel => _sets is not null;

    /// <inheritdoc/>
    public bool HardnessIsLogLoss => true;

    public string PrimaryMetric => IsMultiLabel ? LabelSetOutcomes.Primary : HasPositives ? RankingOutcomes.Primary : ClassOutcomes.Primary;

    public int OutputWidth { get; }

    public abstract int RowsPerPass { get; }

    public string? ModelFile { get; init; }

    /// <inheritdoc/>
    public ITeacher? Teacher { get; internal set; }

    /// <inheritdoc/>
    public string? DistilledFrom => Distillation?.Identity;

    /// <summary>The loss of a student of a teacher; null without distillation.</summary>
    internal Distillation? Distillation { get; set; }

    /// <summary>True if training steps mix examples, so that a target has two labels.</summary>
    internal virtual bool MixesExamples => false;

    /// <inheritdoc/>
    public abstract string Preprocessing { get; }

    /// <inheritdoc/>
    public string Postprocessing => HasPositives
        ? $"[n, 1] logit: its sigmoid is the probability of '{LabelName(1)}'."
        : IsMultiLabel ? $"[n, {OutputWidth}] logits: the sigmoid of each is the probability that the label applies: {string.Join(", ", Enumerable.Range(0, OutputWidth).Select(static i => 1 << i).Select(LabelName))}."
        : $"[n, {OutputWidth}] logits: their softmax has the probabilities of {string.Join(", ", Enumerable.Range(0, OutputWidth).Select(LabelName))}.";

    public virtual bool FinishesRows => false;

    public virtual string RowFormat => "";

    public virtual void FinishRows(RowBuffer rows, bool isExact = false)
    {
    }

    public Rejection? Encode(Example example, RowBuffer rows) => Encode(new ExampleView(example), rows);

    public Rejection? Encode(in ExampleView example, RowBuffer rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (ExampleWeight.Check(example.Weight) is { } badWeight)
            return badWeight;
        return ReadLabel(example.Target, out var label) ?? Encode(example, label, rows);
    }

    /// <inheritdoc/>
    public Rejection? EncodeUnlabeled(in ExampleView example, RowBuffer rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return ExampleWeight.Check(example.Weight) ?? Encode(example, 0, rows);
    }

    /// <inheritdoc/>
    public Rejection? ReadLabel(Target target, out int label) => _sets is null ? _targets!.Read(target, out label) : _sets.Read(target, out label);

    public abstract nn.Module<Tensor, Tensor> CreateNetwork();

    /// <inheritdoc/>
    public virtual bool UsesBFloat16 => false;

    public virtual ParameterTraining TrainingOf(string parameter) => ParameterTraining.Full;

    public abstract Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices);

    public abstract Tensor? TrialInput(int rows);

    /// <summary>Returns the labels, int64 [n]; for sets of labels [n, OutputWidth] with 1 for those that apply.</summary>
    public Tensor CollateTargets(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return IsMultiLabel ? LabelSets.Collate(rows, indices, OutputWidth) : LabelTensor.Of(rows, indices);
    }

    public virtual Tensor CollateTraining(RowBuffer rows, ReadOnlySpan<int> indices, long steps) => Collate(rows, indices);

    /// <summary>Returns the labels, with the outputs of the teacher if it is distilled (<see cref="Labels.Distillation"/>).</summary>
    public virtual Tensor CollateTrainingTargets(RowBuffer rows, ReadOnlySpan<int> indices, long steps) => Distillation?.Collate(rows, indices) ?? CollateTargets(rows, indices);

    public Tensor Loss(Tensor outputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        if (Distillation is { } distillation && Distillation.Are(targets))
            return distillation.Loss(_loss, outputs, targets);
        return MixedTargets.Are(targets) ? MixedTargets.Loss(_loss, outputs, targets) : _loss.PerExample(outputs, targets);
    }

    /// <inheritdoc/>
    public bool LossCouplesRows => false;

    public void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Span<int> labels = indices.Length <= 1024 ? stackalloc int[indices.Length] : new int[indices.Length];
        for (var i = 0; i < indices.Length; i++)
            labels[i] = rows.Labels[indices[i]];
        if (IsMultiLabel)
            LossHardness.Sets(outputs, OutputWidth, labels, hardness);
        else if (HasPositives)
            LossHardness.Binary(outputs, labels, hardness);
        else
            LossHardness.Classes(outputs, OutputWidth, labels, hardness);
    }

    /// <summary>Returns true if an example with this target is a positive.</summary>
    internal bool IsPositive(Target target) => ReadLabel(target, out var label) is null && RoleOf(label) == ExampleRole.Positive;

    public virtual IReadOnlyCollection<TaskWarning> Warnings => [];

    public ExampleRole RoleOf(int label) => HasPositives
        ? label == 1 ? ExampleRole.Positive : ExampleRole.Negative
        : IsMultiLabel || label < OutputWidth ? ExampleRole.Negative : ExampleRole.Unknown;

    /// <inheritdoc/>
    public bool IsUnknown(Target target) => _targets?.IsUnknown(target) == true;

    /// <summary>Plans a batch by ratio; without positives if no class is rare.</summary>
    public MixPlan Compose(MixOptions options, MixSupply supply, bool miningAllowed)
    {
        ArgumentNullException.ThrowIfNull(options);
        return RatioMix.Plan(HasPositives ? options : options.WithoutPositives(), supply, miningAllowed);
    }

    public abstract RowPreview View(ReadOnlySpan<byte> payload);

    /// <inheritdoc cref="IRowPreviews.Features"/>
    public virtual IReadOnlyList<RowFeature>? Features(ReadOnlySpan<byte> payload) => null;

    /// <summary>Returns the name of a class, or its index if the settings have no names; for sets of labels, the names of all that apply.</summary>
    public string LabelName(int label) => _sets?.NameOf(label) ?? _targets!.NameOf(label);

    /// <inheritdoc/>
    public string OutputName(int output) => LabelName(IsMultiLabel ? 1 << output : output);

    /// <inheritdoc/>
    public bool HasLabelSets => IsMultiLabel;

    /// <summary>Returns the label of the row that fits the probabilities best, and the probability that it is right.</summary>
    /// <param name="probabilities">One per output; for one class against the rest, that of the rest and of the class.</param>
    public (int Label, double Probability) Predict(IReadOnlyList<double> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        if (IsMultiLabel)
            return LabelSets.Predict(probabilities);
        var best = Enumerable.Range(0, probabilities.Count).MaxBy(label => probabilities[label]);
        return (best, probabilities[best]);
    }

    public IOutcomeMetrics CreateMetrics(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return IsMultiLabel ? new LabelSetOutcomes(capacity, Enumerable.Range(0, OutputWidth).Select(static i => 1 << i).Select(LabelName))
            : HasPositives ? new RankingOutcomes(capacity) : new ClassOutcomes(capacity, _hasUnknown);
    }

    private Rejection? Encode(in ExampleView example, int label, RowBuffer rows)
    {
        if (EncodeInput(example.Input, rows) is { } rejection)
        {
            rows.DiscardRow();
            return rejection;
        }

        rows.Commit(label, example.Weight);
        return null;
    }

    /// <summary>Writes the input's bytes after the committed rows (GetSpan, Advance) and commits nothing. Never throws for bad input.</summary>
    private protected abstract Rejection? EncodeInput(in InputView input, RowBuffer rows);
}
