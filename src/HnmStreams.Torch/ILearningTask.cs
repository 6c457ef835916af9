using System.Runtime.InteropServices;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using static TorchSharp.torch;

namespace HnmStreams.Torch;

/// <summary>
/// What the tensor code needs to know of a task: how an example becomes a row, rows become an input, and outputs
/// become a loss. Implementations hold no mutable state and are safe to call from any thread; tensors that they
/// return belong to the caller's dispose scope.
/// </summary>
public interface ILearningTask
{
    /// <summary>Name in configuration, metrics and models: lower case, for example <c>images</c>.</summary>
    string Name { get; }

    /// <summary>Floats that the network yields for an example (1 for one against the rest, else the classes).</summary>
    int OutputWidth { get; }

    /// <summary>
    /// Rows in one forward pass of scoring on the CPU: few enough that the activations stay in the processor's cache,
    /// many enough that calls cost nothing. Scores do not depend on it, but for rounding.
    /// </summary>
    int RowsPerPass => 4096;

    /// <summary>
    /// Appends exactly one row (payload, label, weight) to <paramref name="rows"/>, or appends nothing and answers why not.
    /// Never throws for bad input.
    /// </summary>
    /// <returns>Null on success, else the refusal.</returns>
    Refusal? Encode(Example example, RowBuffer rows);

    /// <summary>
    /// What an example is held out by: all of one key are, or none. Its own id, unless whole groups are never to be seen
    /// in training. Never throws for bad input.
    /// </summary>
    /// <param name="id">The key of the example's id.</param>
    ExampleKey HoldOutKey(Example example, ExampleKey id) => id;

    /// <summary>A fresh network on the CPU, float32, initial weights drawn from torch's own generator on the calling thread.</summary>
    nn.Module<Tensor, Tensor> CreateNetwork();

    /// <summary>A TorchScript file whose module is trained and scores in place of <see cref="CreateNetwork"/>'s; null for the task's own.</summary>
    string? ModelFile => null;

    /// <summary>Some input such as <see cref="Collate"/> gives, to see whether a model takes it; null where only real rows can tell.</summary>
    Tensor? TrialInput(int rows) => null;

    /// <summary>The network's input for the given rows, on the CPU: [n, ...], laid out as the network likes it (channels-last for convolutions).</summary>
    Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices);

    /// <summary>
    /// As <see cref="Collate"/>, for a training step: where a task trains on varied copies of its examples (shifted, mirrored),
    /// here it varies them, as a function of the rows and of how many steps went before.
    /// </summary>
    /// <param name="steps">Those applied before this one.</param>
    Tensor CollateTraining(RowBuffer rows, ReadOnlySpan<int> indices, long steps) => Collate(rows, indices);

    /// <summary>What the loss compares the outputs with, on the CPU, row for row: int64 labels, [n], unless the task says otherwise.</summary>
    Tensor CollateTargets(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var labels = empty(indices.Length, ScalarType.Int64);
        var values = MemoryMarshal.Cast<byte, long>(labels.bytes);
        for (var i = 0; i < indices.Length; i++)
            values[i] = rows.Labels[indices[i]];
        return labels;
    }

    /// <summary>As <see cref="CollateTargets"/>, for rows as <see cref="CollateTraining"/> has varied them.</summary>
    Tensor CollateTrainingTargets(RowBuffer rows, ReadOnlySpan<int> indices, long steps) => CollateTargets(rows, indices);

    /// <summary>
    /// Loss per example, [n], gradients flowing to <paramref name="outputs"/> ([n, OutputWidth]); unweighted. A loss
    /// over pairs or triplets of the batch is given to its anchors.
    /// </summary>
    /// <param name="targets">Of <see cref="CollateTargets"/>, on the device of the outputs.</param>
    Tensor Loss(Tensor outputs, Tensor targets);

    /// <summary>
    /// How many terms of the loss a step takes gradients of: what is counted as trained on where ways to mine are compared.
    /// The examples, unless the task mines inside them or among them (anchors, pairs, triplets).
    /// </summary>
    /// <param name="targets">Of <see cref="CollateTargets"/>.</param>
    long LossTerms(Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        return targets.shape[0];
    }

    /// <summary>
    /// Hardness of each scored row under the model that gave <paramref name="outputs"/> (n x OutputWidth, row-major):
    /// larger is harder. NaN outputs give NaN.
    /// </summary>
    /// <param name="rows">Where the scored rows lie, at <paramref name="indices"/>; only read.</param>
    void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness);

    /// <summary>As <see cref="Hardness"/>, for outputs on rows as <see cref="CollateTraining"/> has varied them.</summary>
    void TrainingHardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, long steps, Span<float> hardness) =>
        Hardness(outputs, rows, indices, hardness);
}

/// <summary>Why an example was refused.</summary>
/// <param name="Reason">Short stable code, the value of a metric's label: <c>wrong-shape</c>, <c>unknown-label</c>, <c>not-finite</c>, …</param>
/// <param name="Detail">The sentence for a person: what was found and what is expected.</param>
public sealed record Refusal(string Reason, string Detail);
