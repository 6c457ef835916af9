using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Tasks.Text;
using HnmStreams.Torch.Networks.EmbeddingBags;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Retrieval;

/// <summary>
/// Texts that should find each other: those of one group, such as a question and its answers or sentences of one
/// meaning. One encoder embeds both sides (a bi-encoder with shared weights), so an index of embeddings answers a
/// query with dot products.
/// </summary>
public sealed class RetrievalTask : EmbeddingTask
{
    private readonly int _buckets;
    private readonly int _characters;
    private readonly int _excerpt;

    public RetrievalTask(RetrievalOptions options)
        : base("retrieval", options)
    {
        (_buckets, _characters, _excerpt) = (options.Buckets, options.MaxCharacters, options.Excerpt);
    }

    public override bool IsJudgedInIndex => true;

    public override int RowsPerPass => 256;

    /// <inheritdoc/>
    public override string Preprocessing =>
        $"float32 [n, longest, 2]: bucket and weight of the words, pairs of words and character n-grams, hashed by XxHash3 into {_buckets} buckets; 0, 0 pads. The section Inputs of HnmStreams.Torch/Networks/README.md has the formula.";

    public override nn.Module<Tensor, Tensor> CreateNetwork() => new BagEncoder(_buckets, OutputWidth);

    /// <returns>A batch of texts with one feature each, in bucket 0.</returns>
    public override Tensor? TrialInput(int rows) => stack([zeros(rows, 1), ones(rows, 1)], 2);

    /// <returns>[n, longest, 2]: bucket and weight of each feature; see <see cref="HashedFeatures"/>.</returns>
    /// <exception cref="InvalidDataException">A row was not written by this task's encoder.</exception>
    public override Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return TextCollator.Collate(rows, indices, _buckets, GroupedRow.Input);
    }

    private protected override RowPreview ViewInput(ReadOnlySpan<byte> input) => TextRow.View(input, Name);

    private protected override Rejection? EncodeInput(in InputView input, RowBuffer rows) => TextRow.Encode(input, _characters, _buckets, _excerpt, rows);
}
