using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Labels;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Encoders;

/// <summary>Classification on the features of a frozen encoder: one class against the rest, or several classes.</summary>
internal sealed class EncodedLabelTask : LabeledTask
{
    private readonly FrozenEncoder _encoder;

    /// <param name="name">The name of the task whose examples it takes.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public EncodedLabelTask(string name, LabelOptions options, FrozenEncoder encoder)
        : base(name, options) => _encoder = encoder;

    public override bool FinishesRows => true;

    public override string RowFormat => _encoder.RowFormat;

    /// <inheritdoc/>
    public override string Preprocessing => $"float32 [n, {_encoder.Width}]: features of the frozen encoder ({_encoder.RowFormat}), scaled to length 1.";

    public override int RowsPerPass => 4096;

    public override void FinishRows(RowBuffer rows, bool isExact = false) => _encoder.Finish(rows, isExact, static row => row);

    public override nn.Module<Tensor, Tensor> CreateNetwork() => _encoder.CreateHead(OutputWidth, isEmbedding: false);

    /// <returns>The features, [n, features].</returns>
    /// <exception cref="InvalidDataException">A row was not written by this task's encoder.</exception>
    public override Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices) => _encoder.Collate(rows, indices, static row => row);

    public override Tensor? TrialInput(int rows) => _encoder.TrialInput(rows);

    /// <inheritdoc/>
    public override RowPreview View(ReadOnlySpan<byte> payload) => _encoder.View(payload);

    private protected override Rejection? EncodeInput(in InputView input, RowBuffer rows) => _encoder.Write(input, rows);
}
