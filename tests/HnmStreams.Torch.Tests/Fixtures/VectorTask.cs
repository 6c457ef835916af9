using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Torch.Losses;
using HnmStreams.Torch.Networks.Tables;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Fixtures;

/// <summary>A minimal task: four floats, one logit, and any network that a test provides. Hardness is the score, or the cross-entropy.</summary>
internal sealed class VectorTask(Func<nn.Module<Tensor, Tensor>>? network = null, int rowsPerPass = 4096) : ILearningTask
{
    public const int Features = 4;

    public string Name => "vectors";

    public int OutputWidth => 1;

    public int RowsPerPass => rowsPerPass;

    public string? ModelFile { get; init; }

    public bool HardnessIsLogLoss { get; init; }

    public bool LossCouplesRows { get; init; } = true;

    public Tensor? TrialInput(int rows) => zeros(rows, Features);

    public Rejection? Encode(Example example, RowBuffer rows) => new("wrong-input", "Tests write the rows themselves.");

    public nn.Module<Tensor, Tensor> CreateNetwork() => network?.Invoke() ?? new Mlp(Features, [8], 1);

    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        var tensor = empty(indices.Length, Features, float32);
        for (var i = 0; i < indices.Length; i++)
            rows.Payload(indices[i]).CopyTo(tensor.bytes[(i * Features * sizeof(float))..]);
        return tensor;
    }

    public Tensor Loss(Tensor outputs, Tensor targets) => new BinaryCrossEntropy().PerExample(outputs, targets);

    public void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness)
    {
        for (var i = 0; i < indices.Length; i++)
            hardness[i] = !HardnessIsLogLoss ? outputs[i] : MathF.Log(1 + MathF.Exp(rows.Labels[indices[i]] == 1 ? -outputs[i] : outputs[i]));
    }

    /// <summary>Returns rows whose label is 1 if the first number is above the second.</summary>
    public static RowBuffer Rows(int count, int seed, float weight = 1)
    {
        var rows = new RowBuffer(count, count * Features * sizeof(float));
        var numbers = new uint[] { (uint)seed };
        Span<float> row = stackalloc float[Features];
        for (var i = 0; i < count; i++)
        {
            foreach (ref var value in row)
            {
                numbers[0] = (numbers[0] * 1664525) + 1013904223;
                value = (numbers[0] / (float)uint.MaxValue * 2) - 1;
            }

            rows.Add(MemoryMarshal.AsBytes(row), row[0] > row[1] ? 1 : 0, weight);
        }

        return rows;
    }

    public static RowBuffer Row(ReadOnlySpan<float> values, int label = 0, float weight = 1)
    {
        var rows = new RowBuffer();
        rows.Add(MemoryMarshal.AsBytes(values), label, weight);
        return rows;
    }
}
