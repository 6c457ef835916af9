namespace HnmStreams.Tasks.Encoders.Models;

/// <summary>A pretrained network that computes features and is never trained.</summary>
/// <remarks>Thread-safe. Computes on the calling thread and at most as many more as it was created with.</remarks>
internal interface IEncoderModel
{
    /// <summary>The names of the inputs; empty if the file has no names, so that inputs are passed by position.</summary>
    IReadOnlyList<string> Inputs { get; }

    /// <summary>The number of examples per call if the network takes a fixed number; null if it takes any.</summary>
    int? FixedBatch { get; }

    /// <summary>Runs the network.</summary>
    /// <exception cref="InvalidDataException">The network refuses the inputs. The message has the reason.</exception>
    ModelOutput Run(IReadOnlyList<ModelInput> inputs);
}

/// <summary>An input: whole numbers or numbers, in row-major order.</summary>
internal sealed record ModelInput(string Name, long[]? Whole, float[]? Numbers, long[] Shape);

/// <summary>An output in row-major order.</summary>
internal sealed record ModelOutput(float[] Values, long[] Shape);
