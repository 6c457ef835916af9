using System.Runtime.InteropServices;
using HnmStreams.Data.Rows;
using HnmStreams.Torch.Losses;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace HnmStreams.Tasks.Labels;

/// <summary>
/// The loss of a student that learns from the label and from the outputs of a teacher (Hinton et al., arXiv 1503.02531, section 2):
/// (1 - w) loss(label) + w T² KL(teacher || student), where both distributions are of logits divided by the temperature T. The factor T² keeps the
/// size of the second gradient, which shrinks with 1 / T². The divergence differs from the cross-entropy of the paper by the entropy of the
/// teacher only, so that the gradient is the same, and the loss of a student that agrees is 0.
/// </summary>
/// <param name="teacher">The source of the teacher's logits.</param>
/// <param name="width">The output width of the task: 1 for one class against the rest.</param>
/// <param name="weight">The weight w of the teacher, above 0 to 1.</param>
/// <param name="temperature">The temperature T, above 0.</param>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed class Distillation(ISoftTargets teacher, int width, double weight, double temperature)
{
    // Label and weight of the teacher precede the logits.
    private const int FirstLogit = 2;

    public string Identity => FormattableString.Invariant($"{teacher.Identity}, weight {weight}, temperature {temperature}");

    /// <summary>Returns the targets of a training step.</summary>
    /// <returns>float32 [n, 2 + width]: the label, the weight of the teacher (0 if its logits are not finite), and its logits.</returns>
    public Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices)
    {
        var logits = new float[indices.Length * width];
        teacher.Run(rows, indices, logits);
        var targets = empty(indices.Length, FirstLogit + width, float32);
        var values = MemoryMarshal.Cast<byte, float>(targets.bytes);
        for (var i = 0; i < indices.Length; i++)
        {
            var row = values.Slice(i * (FirstLogit + width), FirstLogit + width);
            var own = logits.AsSpan(i * width, width);
            var isFinite = float.IsFinite(TensorPrimitives.Sum<float>(own));
            (row[0], row[1]) = (rows.Labels[indices[i]], isFinite ? (float)weight : 0);
            if (isFinite)
                own.CopyTo(row[FirstLogit..]);
            else
                row[FirstLogit..].Clear();
        }

        return targets;
    }

    /// <summary>Returns true if the targets are those of <see cref="Collate"/>.</summary>
    public static bool Are(Tensor targets) => targets.dtype == ScalarType.Float32;

    /// <summary>Returns the loss per example, [n].</summary>
    /// <param name="loss">The loss of the label.</param>
    public Tensor Loss(IExampleLoss loss, Tensor outputs, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var hard = loss.PerExample(outputs, targets.select(1, 0).to(ScalarType.Int64));
        var share = targets.select(1, 1);
        var logits = targets.narrow(1, FirstLogit, width);
        var divergence = width == 1 ? OfOneClass(outputs, logits) : OfClasses(outputs, logits);
        var soft = divergence.mul(share).mul(Constants.Of(temperature * temperature));
        return hard.mul(share.neg().add(Constants.One, Constants.One)).add(soft, Constants.One).MoveToOuterDisposeScope();
    }

    private Tensor OfClasses(Tensor outputs, Tensor logits)
    {
        var inverse = Constants.Of(1 / temperature);
        var teachers = nn.functional.log_softmax(logits.mul(inverse), 1);
        var students = nn.functional.log_softmax(outputs.mul(inverse), 1);
        return teachers.exp().mul(teachers.sub(students)).sum(1);
    }

    private Tensor OfOneClass(Tensor outputs, Tensor logits)
    {
        var inverse = Constants.Of(1 / temperature);
        var teachers = logits.squeeze(-1).mul(inverse);
        var probability = teachers.sigmoid();
        var students = nn.functional.binary_cross_entropy_with_logits(outputs.squeeze(-1).mul(inverse), probability, reduction: nn.Reduction.None);
        return students.sub(nn.functional.binary_cross_entropy_with_logits(teachers, probability, reduction: nn.Reduction.None));
    }
}
