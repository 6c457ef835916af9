using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using static TorchSharp.torch;

namespace HnmStreams.Tasks.Backbones.Inputs;

/// <summary>The inputs of a backbone: how an example becomes a row, and rows become a tensor. Thread-safe.</summary>
internal interface IBackboneInput
{
    /// <summary>Describes what a row depends on, for example the tokenizer.</summary>
    string RowFormat { get; }

    /// <summary>Describes how an example becomes the network's input.</summary>
    string Preprocessing { get; }

    /// <summary>The number of rows in one forward pass of scoring on the CPU.</summary>
    int RowsPerPass { get; }

    /// <summary>True if all rows have the same columns.</summary>
    bool IsDense { get; }

    /// <summary>Writes a row after the committed rows, or returns the rejection.</summary>
    Rejection? Write(in InputView input, RowBuffer rows);

    /// <summary>Returns the network's input.</summary>
    /// <param name="part">Returns the part of a row without the further groups.</param>
    /// <exception cref="InvalidDataException">A row was not written by this input.</exception>
    Tensor Collate(RowBuffer rows, ReadOnlySpan<int> indices, RowInput part);

    /// <summary>Returns an input of the shape that <see cref="Collate"/> returns.</summary>
    Tensor TrialInput(int rows);

    /// <summary>Returns the preview of a row.</summary>
    /// <exception cref="InvalidDataException">The row was not written by this input.</exception>
    RowPreview View(ReadOnlySpan<byte> row);
}
