using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Torch;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Backbones;

/// <summary>Embeddings by a trainable backbone: examples of one group should be close together.</summary>
internal sealed class BackboneEmbeddingTask : EmbeddingTask
{
    private readonly TrainableBackbone _backbone;

    /// <param name="name">The name of the task whose examples it takes.</param>
    /// <param name="isJudgedInIndex">True if held-out examples search among the training examples.</param>
    public BackboneEmbeddingTask(string name, EmbeddingOptions options, TrainableBackbone backbone, bool isJudgedInIndex)
        : base(name, options) => (_backbone, IsJudgedInIndex) = (backbone, isJudgedInIndex);

    public override string RowFormat => _backbone.Input.RowFormat;

    /// <inheritdoc/>
    public override string Preprocessing => _backbone.Input.Preprocessing;

    public override bool IsJudgedInIndex { get; }

    public override int RowsPerPass => _backbone.Input.RowsPerPass;

    public override bool UsesBFloat16 => _backbone.UsesBFloat16;

    public override ParameterTraining TrainingOf(string parameter) => _backbone.TrainingOf(parameter);

    public override nn.Module<Tensor, Tensor> CreateNetwork() => _backbone.CreateNetwork(OutputWidth, isEmbedding: true);

    /// <exception cref="InvalidDataException">A row was not written by this task.</exception>
    public override Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices) => _backbone.Input.Collate(rows, indices, GroupedRow.Input);

    public override Tensor? TrialInput(int rows) => _backbone.Input.TrialInput(rows);

    private protected override RowPreview ViewInput(ReadOnlySpan<byte> input) => _backbone.Input.View(input);

    private protected override Rejection? EncodeInput(in InputView input, RowBuffer rows) => _backbone.Input.Write(input, rows);
}
