using System.Globalization;
using System.Runtime.InteropServices;

namespace HnmStreams.Tasks;

/// <summary>A readable form of an encoded row: an image or a text.</summary>
/// <param name="Png">The bytes of a PNG file, or null for a text.</param>
public sealed record RowPreview(byte[]? Png, string? Text)
{
    private const int MaxNumbers = 64;

    public static RowPreview OfImage(byte[] png) => new(png, null);

    public static RowPreview OfText(string text) => new(null, text);

    /// <summary>Returns a preview of a row of float32 values: the first <see cref="MaxNumbers"/>.</summary>
    /// <exception cref="InvalidDataException">The payload is not a row of float32 values.</exception>
    public static RowPreview OfNumbers(ReadOnlySpan<byte> payload)
    {
        if (payload.Length % sizeof(float) != 0)
            throw new InvalidDataException($"The row must have a multiple of {sizeof(float)} bytes but has {payload.Length}.");
        var values = MemoryMarshal.Cast<byte, float>(payload);
        var words = new List<string>(Math.Min(values.Length, MaxNumbers) + 1);
        foreach (var value in values[..Math.Min(values.Length, MaxNumbers)])
            words.Add(value.ToString("G4", CultureInfo.InvariantCulture));
        if (values.Length > MaxNumbers)
            words.Add($"and {values.Length - MaxNumbers} more");
        return OfText(string.Join("  ", words));
    }
}

/// <summary>A source of readable previews of rows and labels.</summary>
public interface IRowPreviews
{
    /// <summary>Returns a readable preview of an encoded row.</summary>
    /// <param name="payload">The payload that the task's encoder wrote.</param>
    /// <exception cref="InvalidDataException">The payload was not written by this task's encoder.</exception>
    RowPreview View(ReadOnlySpan<byte> payload);

    /// <summary>Returns the features of an encoded row by name, in order; null for a task whose rows have none.</summary>
    /// <param name="payload">The payload that the task's encoder wrote.</param>
    /// <exception cref="InvalidDataException">The payload was not written by this task's encoder.</exception>
    IReadOnlyList<RowFeature>? Features(ReadOnlySpan<byte> payload) => null;

    /// <summary>Returns the name of a label, as the producer wrote it or as the task names it.</summary>
    string LabelName(int label);

    /// <summary>Returns the name of the label that an output of a classification stands for.</summary>
    /// <param name="output">The index of its probability.</param>
    string OutputName(int output) => LabelName(output);

    /// <summary>True if the label of a row is a set of labels, so that it is not the index of an output.</summary>
    bool HasLabelSets => false;
}
