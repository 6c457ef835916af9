using System.IO.Hashing;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;
using HnmStreams.Tasks;
using static TorchSharp.torch;

namespace HnmStreams.Benchmarks.Cluster;

/// <summary>
/// A real task whose scorers wait for a simulated accelerator. Unless they also compute, the outputs are hashes of the payloads, so that a row costs the
/// processor of the host what it would cost beside a real accelerator: everything but the network.
/// </summary>
/// <param name="computes">True to compute the outputs with the network on the processor as well.</param>
/// <param name="collate">Called with the rows before each collation; null for nothing.</param>
/// <remarks>Thread-safe. For tasks whose rows are complete when they are encoded.</remarks>
internal sealed class SimulatedAccelerator(IMiningTask inner, bool computes, AcceleratorSchedule schedule, Action<RowBuffer>? collate = null) : IMiningTask
{
    // The range of a hashed output: logits of this size occur in trained networks.
    private const float MaxLogit = 4;

    public string Name => inner.Name;

    public int OutputWidth => inner.OutputWidth;

    public bool HardnessIsLogLoss => inner.HardnessIsLogLoss;

    public int RowsPerPass => computes ? inner.RowsPerPass : int.MaxValue;

    public string RowFormat => inner.RowFormat;

    public bool HasPositives => inner.HasPositives;

    public bool EvaluatesPayloads => inner.EvaluatesPayloads;

    public string PrimaryMetric => inner.PrimaryMetric;

    public Rejection? Encode(Example example, RowBuffer rows) => inner.Encode(example, rows);

    public Rejection? Encode(in ExampleView example, RowBuffer rows) => inner.Encode(example, rows);

    public ExampleKey HoldOutKey(Target target, ExampleKey id) => inner.HoldOutKey(target, id);

    /// <summary>Returns a network with the tensors of the task's own, which the learner's weights fit.</summary>
    public nn.Module<Tensor, Tensor> CreateNetwork() => computes ? inner.CreateNetwork() : new IdleNetwork(inner.CreateNetwork());

    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        collate?.Invoke(rows);
        schedule.Wait(indices.Length);
        if (computes)
            return inner.Collate(rows, indices);
        var outputs = new float[indices.Length * OutputWidth];
        for (var i = 0; i < indices.Length; i++)
        {
            var hash = XxHash3.HashToUInt64(rows.Payload(indices[i]));
            for (var o = 0; o < OutputWidth; o++)
                outputs[(i * OutputWidth) + o] = (((uint)(hash * ((2UL * (ulong)o) + 1)) / (float)uint.MaxValue * 2) - 1) * MaxLogit;
        }

        return tensor(outputs, indices.Length, OutputWidth);
    }

    public Tensor CollateTargets(RowBuffer rows, ReadOnlySpan<int> indices) => inner.CollateTargets(rows, indices);

    public Tensor Loss(Tensor outputs, Tensor targets) => inner.Loss(outputs, targets);

    public void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness) => inner.Hardness(outputs, rows, indices, hardness);

    public ExampleRole RoleOf(int label) => inner.RoleOf(label);

    public bool IsUnknown(Target target) => inner.IsUnknown(target);

    public MixPlan Compose(MixOptions options, MixSupply supply, bool miningAllowed) => inner.Compose(options, supply, miningAllowed);

    public IOutcomeMetrics CreateMetrics(int capacity) => inner.CreateMetrics(capacity);

    public RowPreview View(ReadOnlySpan<byte> payload) => inner.View(payload);

    public string LabelName(int label) => inner.LabelName(label);

    /// <summary>A network with the tensors of another one that returns its input, which holds the outputs already.</summary>
    private sealed class IdleNetwork : nn.Module<Tensor, Tensor>
    {
        public IdleNetwork(nn.Module<Tensor, Tensor> tensors)
            : base(nameof(IdleNetwork))
        {
            foreach (var (name, module) in tensors.named_children())
                register_module(name, module);
            foreach (var (name, parameter) in tensors.named_parameters(recurse: false))
                register_parameter(name, parameter);
            foreach (var (name, buffer) in tensors.named_buffers(recurse: false))
                register_buffer(name, buffer);
        }

        public override Tensor forward(Tensor input) => input;
    }
}
