using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks.Teachers;

/// <summary>The inputs of a teacher: how rows become its logits. Thread-safe.</summary>
internal interface ITeacherInput
{
    /// <summary>Describes what the logits depend on besides the file.</summary>
    string Description { get; }

    /// <summary>Writes the logits of rows, n x width.</summary>
    /// <exception cref="InvalidDataException">The teacher refuses the rows, or returns another number of logits.</exception>
    void Run(RowBuffer rows, ReadOnlySpan<int> indices, Span<float> logits);
}
