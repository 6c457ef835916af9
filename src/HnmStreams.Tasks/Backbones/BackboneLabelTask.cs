using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Images.Augmenting;
using HnmStreams.Tasks.Labels;
using HnmStreams.Torch;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Backbones;

/// <summary>Classification by a trainable backbone: one class against the rest, or several classes.</summary>
internal sealed class BackboneLabelTask : LabeledTask
{
    private readonly TrainableBackbone _backbone;
    private readonly ImageAugmentation? _augmentation;

    /// <param name="name">The name of the task whose examples it takes.</param>
    /// <param name="augmentation">The changes of images in training steps; null for texts.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public BackboneLabelTask(string name, LabelOptions options, TrainableBackbone backbone, ImageAugmentation? augmentation = null)
        : base(name, options) => (_backbone, _augmentation) = (backbone, augmentation);

    public override string RowFormat => _backbone.Input.RowFormat;

    /// <inheritdoc/>
    public override string Preprocessing => _backbone.Input.Preprocessing;

    public override int RowsPerPass => _backbone.Input.RowsPerPass;

    public override bool HasDenseInputs => _backbone.Input.IsDense;

    public override bool UsesBFloat16 => _backbone.UsesBFloat16;

    public override ParameterTraining TrainingOf(string parameter) => _backbone.TrainingOf(parameter);

    public override nn.Module<Tensor, Tensor> CreateNetwork() => _backbone.CreateNetwork(OutputWidth, isEmbedding: false);

    /// <exception cref="InvalidDataException">A row was not written by this task.</exception>
    public override Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices) => _backbone.Input.Collate(rows, indices, static row => row);

    /// <summary>Returns the input of a training step, images changed as the settings say.</summary>
    public override Tensor CollateTraining(RowBuffer rows, ReadOnlySpan<int> indices, long steps)
    {
        var input = Collate(rows, indices);
        return _augmentation?.Apply(input, steps) ?? input;
    }

    internal override bool MixesExamples => _augmentation is { Mixes: true };

    /// <summary>Returns the labels, or the mixed ones (<see cref="MixedTargets"/>).</summary>
    public override Tensor CollateTrainingTargets(RowBuffer rows, ReadOnlySpan<int> indices, long steps) =>
        _augmentation is { Mixes: true } mixing ? MixedTargets.Collate(rows, indices, mixing.Draw(indices.Length, steps)) : base.CollateTrainingTargets(rows, indices, steps);

    public override Tensor? TrialInput(int rows) => _backbone.Input.TrialInput(rows);

    /// <inheritdoc/>
    public override RowPreview View(ReadOnlySpan<byte> payload) => _backbone.Input.View(payload);

    private protected override Rejection? EncodeInput(in InputView input, RowBuffer rows) => _backbone.Input.Write(input, rows);
}
