using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;

namespace HnmStreams.Tasks.Encoders.Inputs;

/// <summary>The inputs of an encoder: how an example becomes the body of a row, and how bodies become features. Thread-safe.</summary>
internal interface IEncoderInput
{
    /// <summary>The number of features.</summary>
    int Width { get; }

    /// <summary>The maximum number of rows per call of <see cref="Run"/>.</summary>
    int RowsPerRun { get; }

    /// <summary>Describes what the features depend on besides the encoder's file, for example the number of tokens.</summary>
    string Description { get; }

    /// <summary>Writes body, preview and end of a row after the committed rows, or returns the rejection.</summary>
    Rejection? Write(in InputView input, RowBuffer rows);

    /// <summary>Computes the features of rows of similar size.</summary>
    /// <param name="body">Returns the body of a row.</param>
    /// <param name="features">Receives n x <see cref="Width"/> numbers.</param>
    void Run(RowBuffer rows, ReadOnlySpan<int> indices, RowInput body, Span<float> features);

    /// <summary>Returns the preview of a row.</summary>
    /// <exception cref="InvalidDataException">The row was not written by this task's encoder.</exception>
    RowPreview View(ReadOnlySpan<byte> body, ReadOnlySpan<byte> preview, bool isFinished);
}
