#region sample
using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Mining.Composition;
using HnmStreams.Tasks.Outcomes;
using HnmStreams.Torch.Losses;
using HnmStreams.Torch.Networks.Tables;
using static TorchSharp.torch;
#endregion

namespace HnmStreams.Tasks.Tests.Samples;

#region sample
/// <summary>A task that finds the rare label "anomaly" among rows of two numbers.</summary>
public sealed class AnomalyTask : IMiningTask
{
    private const int RowBytes = 2 * sizeof(float);
    private static readonly BinaryCrossEntropy Criterion = new();

    public string Name => "anomaly";

    public int OutputWidth => 1;

    public bool HasPositives => true;

    public string PrimaryMetric => RankingOutcomes.Primary;

    public Rejection? Encode(Example example, RowBuffer rows)
    {
        if (!float.IsFinite(example.Weight) || example.Weight <= 0)
            return new Rejection(RejectionReasons.NotFinite, "The weight must be finite and above 0.");
        if (example.Target is not Target.Label label)
            return new Rejection(RejectionReasons.WrongTarget, "The target must be a label.");
        if (example.Input is not ExampleInput.Dense { Type: ElementType.Float32 } dense || dense.Data.Length != RowBytes)
            return new Rejection(RejectionReasons.WrongShape, "The input must be a float32 tensor of shape [2].");
        foreach (var number in MemoryMarshal.Cast<byte, float>(dense.Data.Span))
        {
            if (!float.IsFinite(number))
                return new Rejection(RejectionReasons.NotFinite, "The numbers must be finite.");
        }

        rows.Add(dense.Data.Span, label.Name == "anomaly" ? 1 : 0, example.Weight);
        return null;
    }

    public nn.Module<Tensor, Tensor> CreateNetwork() => new Mlp(features: 2, hidden: [16], outputs: OutputWidth);

    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        var input = empty(indices.Length, 2, float32);
        var bytes = input.bytes;
        for (var i = 0; i < indices.Length; i++)
            rows.Payload(indices[i]).CopyTo(bytes[(i * RowBytes)..]);
        return input;
    }

    public Tensor Loss(Tensor outputs, Tensor targets) => Criterion.PerExample(outputs, targets);

    /// <summary>The cross-entropy of the true label.</summary>
    public void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            double z = rows.Labels[indices[i]] == 1 ? -outputs[i] : outputs[i];
            hardness[i] = (float)(Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z))));
        }
    }

    public ExampleRole RoleOf(int label) => label == 1 ? ExampleRole.Positive : ExampleRole.Negative;

    public MixPlan Compose(MixOptions options, MixSupply supply, bool miningAllowed) => RatioMix.Plan(options, supply, miningAllowed);

    public IOutcomeMetrics CreateMetrics(int capacity) => new RankingOutcomes(capacity);

    public RowPreview View(ReadOnlySpan<byte> payload) => RowPreview.OfNumbers(payload);

    public string LabelName(int label) => label == 1 ? "anomaly" : "normal";
}
#endregion
