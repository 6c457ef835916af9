using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;
using HnmStreams.Tasks;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline.Tests.Fixtures;

/// <summary>A real task with callbacks that let a test inject failures.</summary>
/// <param name="collate">Called with the rows before each collation, in scoring and in training; may throw.</param>
/// <param name="passes">Called with the number of rows of each collation; may throw.</param>
/// <param name="compose">Called when the ranking stage composes a batch; may throw.</param>
internal sealed class FaultyTask(IMiningTask inner, Action<RowBuffer>? collate = null, Action<int>? passes = null, Action? compose = null) : IMiningTask
{
    public string Name => inner.Name;

    public int OutputWidth => inner.OutputWidth;

    public bool HardnessIsLogLoss => inner.HardnessIsLogLoss;

    public int RowsPerPass => inner.RowsPerPass;

    public bool HasPositives => inner.HasPositives;

    public string PrimaryMetric => inner.PrimaryMetric;

    public Rejection? Encode(Example example, RowBuffer rows) => inner.Encode(example, rows);

    public nn.Module<Tensor, Tensor> CreateNetwork() => inner.CreateNetwork();

    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        collate?.Invoke(rows);
        passes?.Invoke(indices.Length);
        return inner.Collate(rows, indices);
    }

    public Tensor CollateTargets(RowBuffer rows, ReadOnlySpan<int> indices) => inner.CollateTargets(rows, indices);

    public Tensor Loss(Tensor outputs, Tensor targets) => inner.Loss(outputs, targets);

    public void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness) =>
        inner.Hardness(outputs, rows, indices, hardness);

    public ExampleRole RoleOf(int label) => inner.RoleOf(label);

    public MixPlan Compose(MixOptions options, MixSupply supply, bool miningAllowed)
    {
        compose?.Invoke();
        return inner.Compose(options, supply, miningAllowed);
    }

    public IOutcomeMetrics CreateMetrics(int capacity) => inner.CreateMetrics(capacity);

    public RowPreview View(ReadOnlySpan<byte> payload) => inner.View(payload);

    public string LabelName(int label) => inner.LabelName(label);
}
