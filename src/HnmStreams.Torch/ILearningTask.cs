using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Torch.Devices;
using static TorchSharp.torch;

namespace HnmStreams.Torch;

/// <summary>
/// The contract between a task and the tensor code: how an example becomes a row, rows become an input, and outputs
/// become a loss. Implementations hold no mutable state and are thread-safe. Returned tensors belong to the caller's
/// dispose scope.
/// </summary>
public interface ILearningTask
{
    /// <summary>The name in configuration, metrics and models, in lower case, for example <c>images</c>.</summary>
    string Name { get; }

    /// <summary>
    /// The number of floats that the network returns per example: 1 for one class against the rest, the number of classes, the width of
    /// an embedding, or anchors x (classes + 4) for detection.
    /// </summary>
    int OutputWidth { get; }

    /// <summary>
    /// The number of rows in one forward pass of scoring on the CPU: few enough that the activations fit the
    /// processor's cache, and many enough that the cost per call is negligible. Apart from rounding, scores do not
    /// depend on it.
    /// </summary>
    int RowsPerPass => 4096;

    /// <summary>
    /// Appends exactly one row (payload, label, weight) to <paramref name="rows"/>, or appends nothing and returns
    /// the reason. Never throws for bad input.
    /// </summary>
    /// <returns>Null on success, otherwise the rejection.</returns>
    Rejection? Encode(Example example, RowBuffer rows);

    /// <summary>
    /// Appends the row of an example that is read in place. By default it becomes an object first; a task that is to read record
    /// batches fast implements this without.
    /// </summary>
    /// <returns>Null on success, otherwise the rejection.</returns>
    Rejection? Encode(in ExampleView example, RowBuffer rows) => Encode(example.ToExample(), rows);

    /// <summary>True if rows that <see cref="Encode(Example, RowBuffer)"/> wrote are complete only after <see cref="FinishRows"/>.</summary>
    bool FinishesRows => false;

    /// <summary>
    /// Completes the rows in place, those that are complete already excepted. A frozen encoder computes their features here, for many
    /// rows at once. Computes on the calling thread. Any other method that takes rows needs complete ones.
    /// </summary>
    /// <param name="isExact">True if the result must be a function of these rows, bit for bit, so that features of earlier rows are not reused.</param>
    void FinishRows(RowBuffer rows, bool isExact = false)
    {
    }

    /// <summary>Identifies the format of complete rows beyond the network's input, for example the encoder's file; empty if the network's tensors determine it.</summary>
    string RowFormat => "";

    /// <summary>Describes how an example becomes the network's input, for users of an exported model.</summary>
    string Preprocessing => "";

    /// <summary>Describes the meaning of the network's outputs, for users of an exported model.</summary>
    string Postprocessing => "";

    /// <summary>
    /// Returns the key that decides if an example is held out: all examples of one key are held out, or none. The
    /// default is the example's own id. Tasks whose groups must never be seen in training return the group's key.
    /// Never throws for bad input.
    /// </summary>
    /// <param name="id">The key of the example's id.</param>
    ExampleKey HoldOutKey(Target target, ExampleKey id) => id;

    /// <summary>Creates a network on the CPU, float32, with initial weights drawn from torch's generator on the calling thread.</summary>
    nn.Module<Tensor, Tensor> CreateNetwork();

    /// <summary>True if the network computes products in bfloat16, which the device must support (<see cref="TorchDevices.CheckBFloat16"/>).</summary>
    bool UsesBFloat16 => false;

    /// <summary>
    /// The TorchScript file whose module is trained and scores in place of <see cref="CreateNetwork"/>'s network;
    /// null uses the task's own.
    /// </summary>
    string? ModelFile => null;

    /// <summary>Returns how a parameter of the network is trained: by default from the first step, with the full learning rate. A function of the name only.</summary>
    /// <param name="parameter">The name of the parameter.</param>
    ParameterTraining TrainingOf(string parameter) => ParameterTraining.Full;

    /// <summary>
    /// Returns an input of the shape that <see cref="Collate"/> returns, used to check a user's model before the
    /// start; null if only real rows can tell.
    /// </summary>
    Tensor? TrialInput(int rows) => null;

    /// <summary>
    /// Returns the network's input for the given rows, on the CPU: [n, ...], in the memory order that suits the
    /// network (channels-last for convolutions).
    /// </summary>
    Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices);

    /// <summary>
    /// Returns the network's input for a training step. A task that augments its examples (shifts, mirrors them) does
    /// so here, as a function of the rows and of <paramref name="steps"/> only.
    /// </summary>
    /// <param name="steps">The number of steps applied before this one.</param>
    Tensor CollateTraining(RowBuffer rows, ReadOnlySpan<int> indices, long steps) => Collate(rows, indices);

    /// <summary>
    /// Returns the targets that the loss compares the outputs with, on the CPU, one per row: int64 labels, [n],
    /// unless the task defines another form.
    /// </summary>
    Tensor CollateTargets(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return LabelTensor.Of(rows, indices);
    }

    /// <summary>Returns the targets of rows that <see cref="CollateTraining"/> has augmented.</summary>
    Tensor CollateTrainingTargets(RowBuffer rows, ReadOnlySpan<int> indices, long steps) => CollateTargets(rows, indices);

    /// <summary>
    /// Returns the unweighted loss per example, [n], differentiable in <paramref name="outputs"/> ([n, OutputWidth]).
    /// A loss over pairs or triplets of the batch is attributed to its anchors.
    /// </summary>
    /// <param name="targets">The result of <see cref="CollateTargets"/>, on the device of the outputs.</param>
    Tensor Loss(Tensor outputs, Tensor targets);

    /// <summary>
    /// Returns the loss of a training step. A loss with random choices draws them from <paramref name="random"/> only: torch's
    /// own generator is shared by all learners of the process, so its numbers are not reproducible.
    /// </summary>
    /// <param name="random">The learner's generator, on the CPU.</param>
    Tensor Loss(Tensor outputs, Tensor targets, Generator random) => Loss(outputs, targets);

    /// <summary>
    /// True if the loss of a row depends on other rows of the batch, for example on their embeddings. If it is false, a step can compute the losses of a batch in
    /// parts (<c>pipeline.training.rowsPerPass</c>).
    /// </summary>
    bool LossCouplesRows => true;

    /// <summary>
    /// Returns the number of loss terms that a step takes gradients of. Comparisons of mining methods count these as
    /// "trained on". It is the number of examples, unless the task mines inside or among them (anchors, pairs,
    /// triplets).
    /// </summary>
    /// <param name="targets">The result of <see cref="CollateTargets"/>.</param>
    long LossTerms(Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        return targets.shape[0];
    }

    /// <summary>
    /// Writes the hardness of each scored row under the model that returned <paramref name="outputs"/> (n x
    /// OutputWidth, row-major). Larger is harder. NaN outputs give NaN.
    /// </summary>
    /// <param name="rows">The buffer with the scored rows, at <paramref name="indices"/>; only read.</param>
    void Hardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, Span<float> hardness);

    /// <summary>
    /// True if the hardness of a row is the cross-entropy of its label (natural logarithm): then a small mean hardness means that rows are memorized.
    /// With an <see cref="OutputWidth"/> of 1, label 1 is the class and label 0 the rest.
    /// </summary>
    bool HardnessIsLogLoss => false;

    /// <summary>Writes the hardness of rows that <see cref="CollateTraining"/> has augmented.</summary>
    void TrainingHardness(ReadOnlySpan<float> outputs, RowBuffer rows, ReadOnlySpan<int> indices, long steps, Span<float> hardness) =>
        Hardness(outputs, rows, indices, hardness);
}
