using System.Numerics.Tensors;
using HnmStreams.Tasks.Encoders.Models;

namespace HnmStreams.Tasks.Encoders.Inputs;

/// <summary>The reduction of a network's output to one vector per example.</summary>
internal static class Pooled
{
    /// <summary>Returns the number of features of an output for <paramref name="rows"/> examples.</summary>
    /// <param name="section">The section of the settings, for messages.</param>
    /// <exception cref="InvalidDataException">The output has none of the supported shapes.</exception>
    public static int Width(ModelOutput output, int rows, int? tokens, string section = "task.encoder") => output.Shape switch
    {
        [var n, var width] when n == rows => (int)width,
        [var n, var length, var width] when n == rows && length == tokens => (int)width,
        [var n, var width, _, _] when n == rows && tokens is null => (int)width,
        _ => throw new InvalidDataException($"For {rows} examples '{section}.file' must return [{rows}, features]{(tokens is { } length ? $" or [{rows}, {length}, features]" : $" or [{rows}, features, height, width]")} but returns [{string.Join(", ", output.Shape)}]. Choose another output with '{section}.output'."),
    };

    /// <summary>Writes the vector of an example of [n, tokens, width]: that of the first token, or the mean over the first <paramref name="used"/> tokens.</summary>
    public static void Tokens(ModelOutput output, int row, int used, bool isMean, Span<float> features)
    {
        if (output.Shape.Length == 2)
        {
            output.Values.AsSpan(row * features.Length, features.Length).CopyTo(features);
            return;
        }

        var length = (int)output.Shape[1];
        var tokens = output.Values.AsSpan(row * length * features.Length, length * features.Length);
        tokens[..features.Length].CopyTo(features);
        if (!isMean)
            return;
        for (var token = 1; token < used; token++)
            TensorPrimitives.Add(features, tokens.Slice(token * features.Length, features.Length), features);
        TensorPrimitives.Divide(features, used, features);
    }

    /// <summary>Writes the vector of an image of [n, width] or [n, width, height, width]: the mean over the positions.</summary>
    public static void Positions(ModelOutput output, int row, Span<float> features)
    {
        var area = output.Values.Length / (int)output.Shape[0] / features.Length;
        var planes = output.Values.AsSpan(row * area * features.Length, area * features.Length);
        for (var i = 0; i < features.Length; i++)
            features[i] = TensorPrimitives.Sum(planes.Slice(i * area, area)) / area;
    }
}
