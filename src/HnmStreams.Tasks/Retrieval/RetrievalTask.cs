using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Tasks.Text;
using HnmStreams.Torch;
using HnmStreams.Torch.Networks.EmbeddingBags;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Retrieval;

/// <summary>
/// Texts that are to find each other: those of one group, a question and its answers, sayings of one meaning. One encoder
/// serves both sides (a bi-encoder with shared weights), so that an index of embeddings answers a query by a product.
/// </summary>
public sealed class RetrievalTask : EmbeddingTask
{
    private readonly int _buckets;
    private readonly int _characters;
    private readonly int _excerpt;

    public RetrievalTask(RetrievalOptions options)
        : base("retrieval", options)
    {
        (_buckets, _characters, _excerpt) = (options.Buckets, options.MaximumCharacters, options.Excerpt);
    }

    public override bool IsJudgedInIndex => true;

    public override int RowsPerPass => 256;

    public override nn.Module<Tensor, Tensor> CreateNetwork() => new BagEncoder(_buckets, OutputWidth);

    /// <returns>A text of one feature, in bucket 0.</returns>
    public override Tensor? TrialInput(int rows) => stack([zeros(rows, 1), ones(rows, 1)], 2);

    /// <returns>[n, longest, 2]: bucket and weight of each feature; see <see cref="HashedFeatures"/>.</returns>
    /// <exception cref="InvalidDataException">A row that this task's encoder did not write.</exception>
    public override Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return TextCollator.Collate(rows, indices, _buckets);
    }

    public override RowView View(ReadOnlySpan<byte> payload) => TextRow.View(payload, Name);

    private protected override Refusal? EncodeInput(ExampleInput input, RowBuffer rows) => TextRow.Encode(input, _characters, _buckets, _excerpt, rows);
}
