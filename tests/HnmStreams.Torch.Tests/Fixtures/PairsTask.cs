using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Torch.Losses.Embeddings;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Tests.Fixtures;

/// <summary>A task of vectors of 4 numbers in 3 groups, embedded linearly into 3 numbers, with a cross-batch memory.</summary>
internal sealed class PairsTask(int rows, IEmbeddingLoss? loss = null) : IEmbeddingTask
{
    private readonly IEmbeddingLoss _loss = loss ?? new MultiSimilarityLoss();

    public string Name => "pairs";

    public int OutputWidth => 3;

    public CrossBatchMemoryOptions Memory { get; } = new() { Rows = rows, AfterSteps = 1 };

    public static RowBuffer Rows(int seed)
    {
        var buffer = new RowBuffer();
        for (var i = 0; i < 6; i++)
            buffer.Add(MemoryMarshal.AsBytes<float>([i + seed, 1 - i, (i * i % 5) - seed, 0.5f]), i % 3, 1);
        return buffer;
    }

    public Rejection? Encode(Example example, RowBuffer rows) => new("wrong-input", "Tests write the rows themselves.");

    public nn.Module<Tensor, Tensor> CreateNetwork() => nn.Linear(4, 3);

    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        var input = empty(indices.Length, 4, float32);
        var values = MemoryMarshal.Cast<byte, float>(input.bytes);
        for (var i = 0; i < indices.Length; i++)
            MemoryMarshal.Cast<byte, float>(rows.Payload(indices[i])).CopyTo(values[(4 * i)..]);
        return input;
    }

    public Tensor Loss(Tensor outputs, Tensor targets) => _loss.PerAnchor(outputs, targets);

    public Tensor Loss(Tensor outputs, Tensor targets, Generator random) => _loss.PerAnchor(outputs, targets, random: random);

    public Tensor Loss(Tensor outputs, Tensor targets, RememberedEmbeddings remembered) => _loss.PerAnchor(outputs, targets, remembered);

    public Tensor Loss(Tensor outputs, Tensor targets, RememberedEmbeddings remembered, Generator random) => _loss.PerAnchor(outputs, targets, remembered, random);

    public void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness) => hardness.Clear();
}
