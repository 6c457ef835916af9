using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Embeddings;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Encoders;

/// <summary>Embeddings of the features of a frozen encoder: examples of one group should be close together.</summary>
internal sealed class EncodedEmbeddingTask : EmbeddingTask
{
    private readonly FrozenEncoder _encoder;

    /// <param name="name">The name of the task whose examples it takes.</param>
    /// <param name="isJudgedInIndex">True if held-out examples search among the training examples.</param>
    public EncodedEmbeddingTask(string name, EmbeddingOptions options, FrozenEncoder encoder, bool isJudgedInIndex)
        : base(name, options) => (_encoder, IsJudgedInIndex) = (encoder, isJudgedInIndex);

    public override bool FinishesRows => true;

    public override string RowFormat => _encoder.RowFormat;

    /// <inheritdoc/>
    public override string Preprocessing => $"float32 [n, {_encoder.Width}]: features of the frozen encoder ({_encoder.RowFormat}), scaled to length 1.";

    public override bool IsJudgedInIndex { get; }

    public override int RowsPerPass => 4096;

    public override void FinishRows(RowBuffer rows, bool isExact = false) => _encoder.Finish(rows, isExact, GroupedRow.Input);

    public override nn.Module<Tensor, Tensor> CreateNetwork() => _encoder.CreateHead(OutputWidth, isEmbedding: true);

    /// <returns>The features, [n, features].</returns>
    /// <exception cref="InvalidDataException">A row was not written by this task's encoder.</exception>
    public override Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices) => _encoder.Collate(rows, indices, GroupedRow.Input);

    public override Tensor? TrialInput(int rows) => _encoder.TrialInput(rows);

    private protected override RowPreview ViewInput(ReadOnlySpan<byte> input) => _encoder.View(input);

    private protected override Rejection? EncodeInput(in InputView input, RowBuffer rows) => _encoder.Write(input, rows);
}
