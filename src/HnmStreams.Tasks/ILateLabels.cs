using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks;

/// <summary>
/// A task whose encoded inputs do not depend on their targets, so that an example can be scored before its label is known
/// (<c>labels.mode</c>). Thread-safe.
/// </summary>
public interface ILateLabels
{
    /// <summary>Appends the row of an unlabeled example, with label 0. The bytes are those of the same example with a target. Never throws for bad input.</summary>
    /// <returns>Null on success, otherwise the rejection; nothing is appended then.</returns>
    Rejection? EncodeUnlabeled(in ExampleView example, RowBuffer rows);

    /// <summary>Returns the label of a row with this target.</summary>
    /// <returns>Null on success, otherwise the rejection.</returns>
    Rejection? ReadLabel(Target target, out int label);
}
