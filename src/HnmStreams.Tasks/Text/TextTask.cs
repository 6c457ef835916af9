using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Labels;
using HnmStreams.Torch.Networks.Tables;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Text;

/// <summary>
/// Classification of texts: one class against the rest, or several classes. A row holds the hashed features of the
/// text, so that it is tokenized once, and its beginning. No vocabulary is needed.
/// </summary>
public sealed class TextTask : LabeledTask
{
    private readonly int _buckets;
    private readonly int _embedding;
    private readonly int _characters;
    private readonly int _excerpt;

    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public TextTask(TextOptions options)
        : base("text", options)
    {
        (_buckets, _embedding, _characters, _excerpt) = (options.Buckets, options.Embedding, options.MaxCharacters, options.Excerpt);
    }

    /// <summary>About 200 features of 64 floats per text are gathered one after another; only the padded input grows with the batch.</summary>
    public override int RowsPerPass => 256;

    /// <inheritdoc/>
    public override string Preprocessing =>
        $"float32 [n, longest, 2]: bucket and weight of the words, pairs of words and character n-grams, hashed by XxHash3 into {_buckets} buckets; 0, 0 pads. The section Inputs of HnmStreams.Torch/Networks/README.md has the formula.";

    public override nn.Module<Tensor, Tensor> CreateNetwork() => new WideAndDeep(_buckets, _embedding, OutputWidth);

    /// <returns>[n, longest, 2]: bucket and weight of each feature; see <see cref="HnmStreams.Torch.Networks.EmbeddingBags.HashedFeatures"/>.</returns>
    /// <exception cref="InvalidDataException">A row was not written by this task's encoder.</exception>
    public override Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return TextCollator.Collate(rows, indices, _buckets);
    }

    /// <returns>A batch of texts with one feature each, in bucket 0.</returns>
    /// <inheritdoc/>
    public override bool HasDenseInputs => false;

    public override Tensor? TrialInput(int rows) => stack([zeros(rows, 1), ones(rows, 1)], 2);

    /// <inheritdoc/>
    public override RowPreview View(ReadOnlySpan<byte> payload) => TextRow.View(payload, Name);

    private protected override Rejection? EncodeInput(in InputView input, RowBuffer rows) => TextRow.Encode(input, _characters, _buckets, _excerpt, rows);
}
