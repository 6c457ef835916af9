using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;
using HnmStreams.Tasks.Hardness;
using HnmStreams.Tasks.Outcomes;
using HnmStreams.Torch;
using HnmStreams.Torch.Losses;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Labels;

/// <summary>The base of all tasks whose target is one class per example: one class against the rest, or several classes.</summary>
public abstract class LabeledTask : IMiningTask, ILateLabels
{
    private readonly TargetReader _targets;
    private readonly IExampleLoss _loss;
    private readonly bool _hasUnknown;

    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    private protected LabeledTask(string name, LabelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if ((options.UnknownProblem ?? options.LossProblem ?? options.WeightProblem) is { } problem)
            throw new ArgumentException(problem, nameof(options));
        Name = name;
        HasPositives = options.Positive is not null;
        _targets = new TargetReader(options.Positive, options.Labels, options.Unknown);
        _hasUnknown = options.Unknown is not null;
        _loss = options.CreateLoss();
    }

    public string Name { get; }

    public bool HasPositives { get; }

    /// <inheritdoc/>
    public virtual bool HasDenseInputs => true;

    public string PrimaryMetric => HasPositives ? RankingOutcomes.Primary : ClassOutcomes.Primary;

    public int OutputWidth => _targets.Width;

    public abstract int RowsPerPass { get; }

    public string? ModelFile { get; init; }

    /// <inheritdoc/>
    public abstract string Preprocessing { get; }

    /// <inheritdoc/>
    public string Postprocessing => HasPositives
        ? $"[n, 1] logit: its sigmoid is the probability of '{LabelName(1)}'."
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
        return _targets.Read(example.Target, out var label) ?? Encode(example, label, rows);
    }

    /// <inheritdoc/>
    public Rejection? EncodeUnlabeled(in ExampleView example, RowBuffer rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return ExampleWeight.Check(example.Weight) ?? Encode(example, 0, rows);
    }

    /// <inheritdoc/>
    public Rejection? ReadLabel(Target target, out int label) => _targets.Read(target, out label);

    public abstract nn.Module<Tensor, Tensor> CreateNetwork();

    public virtual ParameterTraining TrainingOf(string parameter) => ParameterTraining.Full;

    public abstract Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices);

    public abstract Tensor? TrialInput(int rows);

    public Tensor Loss(Tensor outputs, Tensor targets) => _loss.PerExample(outputs, targets);

    public void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Span<int> labels = indices.Length <= 1024 ? stackalloc int[indices.Length] : new int[indices.Length];
        for (var i = 0; i < indices.Length; i++)
            labels[i] = rows.Labels[indices[i]];
        if (HasPositives)
            LossHardness.Binary(outputs, labels, hardness);
        else
            LossHardness.Classes(outputs, OutputWidth, labels, hardness);
    }

    /// <summary>Returns true if an example with this target is a positive.</summary>
    internal bool IsPositive(Target target) => _targets.Read(target, out var label) is null && RoleOf(label) == ExampleRole.Positive;

    public virtual IReadOnlyCollection<TaskWarning> Warnings => [];

    public ExampleRole RoleOf(int label) => HasPositives
        ? label == 1 ? ExampleRole.Positive : ExampleRole.Negative
        : label < OutputWidth ? ExampleRole.Negative : ExampleRole.Unknown;

    /// <inheritdoc/>
    public bool IsUnknown(Target target) => _targets.IsUnknown(target);

    /// <summary>Plans a batch by ratio; without positives if no class is rare.</summary>
    public MixPlan Compose(MixOptions options, MixSupply supply, bool miningAllowed)
    {
        ArgumentNullException.ThrowIfNull(options);
        return RatioMix.Plan(HasPositives ? options : options.WithoutPositives(), supply, miningAllowed);
    }

    public abstract RowPreview View(ReadOnlySpan<byte> payload);

    /// <inheritdoc cref="IRowPreviews.Features"/>
    public virtual IReadOnlyList<RowFeature>? Features(ReadOnlySpan<byte> payload) => null;

    /// <summary>Returns the name of a class, or its index if the settings have no names.</summary>
    public string LabelName(int label) => _targets.NameOf(label);

    public IOutcomeMetrics CreateMetrics(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return HasPositives ? new RankingOutcomes(capacity) : new ClassOutcomes(capacity, _hasUnknown);
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
