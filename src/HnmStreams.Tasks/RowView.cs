using System.Globalization;
using System.Runtime.InteropServices;

namespace HnmStreams.Tasks;

/// <summary>A row in a form for eyes: one of both.</summary>
/// <param name="Png">A PNG file.</param>
public sealed record RowView(byte[]? Png, string? Text)
{
    private const int MostNumbers = 64;

    public static RowView OfPicture(byte[] png) => new(png, null);

    public static RowView OfText(string text) => new(null, text);

    /// <summary>Of a row of float32; the first so many.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static RowView OfNumbers(ReadOnlySpan<byte> payload)
    {
        if (payload.Length % sizeof(float) != 0)
            throw new InvalidDataException($"The row has {payload.Length} bytes; a multiple of {sizeof(float)} is expected.");
        var values = MemoryMarshal.Cast<byte, float>(payload);
        var words = new List<string>(Math.Min(values.Length, MostNumbers) + 1);
        foreach (var value in values[..Math.Min(values.Length, MostNumbers)])
            words.Add(value.ToString("G4", CultureInfo.InvariantCulture));
        if (values.Length > MostNumbers)
            words.Add($"and {values.Length - MostNumbers} more");
        return OfText(string.Join("  ", words));
    }
}

/// <summary>Rows as a person can look at them.</summary>
public interface IRowViews
{
    /// <param name="payload">As the task's encoder wrote it.</param>
    /// <exception cref="InvalidDataException">It was not this task's encoder that wrote it.</exception>
    RowView View(ReadOnlySpan<byte> payload);

    /// <summary>The name of a label, as the producer wrote it or as the task calls it.</summary>
    string LabelName(int label);
}
