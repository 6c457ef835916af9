using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;
using HnmStreams.Torch;
using HnmStreams.Torch.Losses.Embeddings;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Embeddings;

/// <summary>The base of all tasks whose target is a group and whose outputs are embeddings of unit length.</summary>
public abstract class EmbeddingTask : IGroupedTask
{
    private readonly IEmbeddingLoss _loss;
    private readonly GroupNames _names = new();

    private protected EmbeddingTask(string name, EmbeddingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (Name, OutputWidth, Memory, Batch, Index) = (name, options.Embedding, options.Memory, options.Batch, options.Index);
        _loss = options.Loss.Create();
    }

    public string Name { get; }

    public int OutputWidth { get; }

    public abstract int RowsPerPass { get; }

    public CrossBatchMemoryOptions Memory { get; }

    public GroupedBatchOptions Batch { get; }

    public EmbeddingIndexOptions Index { get; }

    public abstract bool IsJudgedInIndex { get; }

    public IPairTeacher? PairTeacher { get; internal set; }

    public bool HasPositives => false;

    /// <inheritdoc/>
    public bool EvaluatesPayloads => true;

    public string PrimaryMetric => EmbeddingOutcomes.Primary;

    public Rejection? Encode(Example example, RowBuffer rows) => Encode(new ExampleView(example), rows);

    public Rejection? Encode(in ExampleView example, RowBuffer rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (ExampleWeight.Check(example.Weight) is { } badWeight)
            return badWeight;
        if (GroupTargetReader.Read(example.Target, out var label, out var furtherGroups) is { } rejection)
            return rejection;
        if (EncodeInput(example.Input, rows) is { } inputRefusal)
        {
            rows.DiscardRow();
            return inputRefusal;
        }

        _names.Remember(label, example.Target);
        GroupedRow.Complete(furtherGroups, rows);
        rows.Commit(label, example.Weight);
        return null;
    }

    /// <summary>
    /// Returns the group's key if held-out examples search among each other, so that whole groups are held out;
    /// otherwise the example's id, because its group must be in the index.
    /// </summary>
    public ExampleKey HoldOutKey(Target target, ExampleKey id) => IsJudgedInIndex ? id : GroupTargetReader.KeyOf(target) ?? id;

    public string? ModelFile { get; init; }

    /// <inheritdoc/>
    public abstract string Preprocessing { get; }

    /// <inheritdoc/>
    public string Postprocessing => $"[n, {OutputWidth}] embeddings of length 1: their dot product is the similarity of two examples.";

    public virtual bool FinishesRows => false;

    public virtual string RowFormat => "";

    public virtual void FinishRows(RowBuffer rows, bool isExact = false)
    {
    }

    public abstract nn.Module<Tensor, Tensor> CreateNetwork();

    /// <inheritdoc/>
    public virtual bool UsesBFloat16 => false;

    public virtual ParameterTraining TrainingOf(string parameter) => ParameterTraining.Full;

    public abstract Tensor? TrialInput(int rows);

    public abstract Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices);

    public virtual Tensor CollateTraining(RowBuffer rows, ReadOnlySpan<int> indices, long steps) => Collate(rows, indices);

    /// <summary>Returns the groups of each row; see <see cref="GroupTargets"/>.</summary>
    public Tensor CollateTargets(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var columns = 1;
        foreach (var index in indices)
            columns = Math.Max(columns, 1 + FurtherGroups(rows.Payload(index)).Length);
        var targets = columns == 1 ? empty(indices.Length, ScalarType.Int64) : empty(indices.Length, columns, ScalarType.Int64);
        var values = MemoryMarshal.Cast<byte, long>(targets.bytes);
        values.Fill(GroupTargets.None);
        for (var i = 0; i < indices.Length; i++)
        {
            values[i * columns] = rows.Labels[indices[i]];
            var further = FurtherGroups(rows.Payload(indices[i]));
            for (var j = 0; j < further.Length; j++)
                values[(i * columns) + j + 1] = further[j];
        }

        return targets;
    }

    public Tensor Loss(Tensor outputs, Tensor targets) => _loss.PerAnchor(outputs, targets);

    public Tensor Loss(Tensor outputs, Tensor targets, Generator random) => _loss.PerAnchor(outputs, targets, random: random);

    public Tensor Loss(Tensor outputs, Tensor targets, RememberedEmbeddings remembered) => _loss.PerAnchor(outputs, targets, remembered);

    public Tensor Loss(Tensor outputs, Tensor targets, RememberedEmbeddings remembered, Generator random) => _loss.PerAnchor(outputs, targets, remembered, random);

    /// <summary>Returns the number of triplets, or of anchors for losses over pairs.</summary>
    public long LossTerms(Tensor targets) => _loss.Terms(targets);

    /// <summary>
    /// Writes 0 for each row, or NaN if its embedding is not finite. An embedding alone has no hardness: the owner of
    /// the index computes it as the similarity of the nearest item that shares no group with it less that of the nearest
    /// item that shares one.
    /// </summary>
    public void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness)
    {
        ArgumentNullException.ThrowIfNull(rows);
        for (var i = 0; i < indices.Length; i++)
        {
            var sum = 0f;
            foreach (var value in outputs.Slice(i * OutputWidth, OutputWidth))
                sum += value;
            hardness[i] = float.IsFinite(sum) ? 0 : float.NaN;
        }
    }

    public ExampleRole RoleOf(int label) => ExampleRole.Negative;

    /// <summary>Plans how many groups of a batch come from the pool and how many are random. All counts are groups.</summary>
    public MixPlan Compose(MixOptions options, MixSupply supply, bool miningAllowed)
    {
        ArgumentNullException.ThrowIfNull(options);
        return RatioMix.Plan(new MixOptions { BatchSize = Batch.Groups, PositiveShare = 0, HardShare = options.HardShare }, supply, miningAllowed);
    }

    public IOutcomeMetrics CreateMetrics(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return new EmbeddingOutcomes(capacity, OutputWidth);
    }

    public RowPreview View(ReadOnlySpan<byte> payload) => ViewInput(Input(payload));

    public ReadOnlySpan<byte> Input(ReadOnlySpan<byte> payload) => GroupedRow.Input(payload);

    public ReadOnlySpan<int> FurtherGroups(ReadOnlySpan<byte> payload) => GroupedRow.FurtherGroups(payload);

    /// <summary>Returns the group's name, or its number if the name is not known.</summary>
    public string LabelName(int label) => _names.Of(label);

    /// <summary>Writes the input's bytes after the committed rows (GetSpan, Advance) and commits nothing. Never throws for bad input.</summary>
    private protected abstract Rejection? EncodeInput(in InputView input, RowBuffer rows);

    /// <summary>Returns a preview of the input that <see cref="EncodeInput"/> wrote.</summary>
    private protected abstract RowPreview ViewInput(ReadOnlySpan<byte> input);
}
