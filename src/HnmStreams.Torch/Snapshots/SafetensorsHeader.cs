using System.Text.Json;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Snapshots;

/// <summary>
/// The position of a tensor in a safetensors file. <paramref name="Begin"/> and <paramref name="End"/> are byte
/// offsets from the end of the header.
/// </summary>
internal sealed record SafetensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End);

/// <summary>The JSON header of a safetensors file, checked as the format requires: no overlap, no gap, nothing beyond the file.</summary>
internal static class SafetensorsHeader
{
    private static readonly (string Name, ScalarType Type, int Size)[] Types =
    [
        ("F64", ScalarType.Float64, 8), ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4), ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    public static string NameOf(ScalarType type) => Array.Find(Types, t => t.Type == type).Name
        ?? throw new NotSupportedException($"Tensors of type {type} cannot be written as safetensors.");

    /// <param name="dataBytes">The number of bytes after the header.</param>
    /// <exception cref="InvalidDataException">The header is not valid.</exception>
    public static List<SafetensorsEntry> Parse(ReadOnlySpan<byte> json, long dataBytes)
    {
        var entries = new List<SafetensorsEntry>();
        try
        {
            using var document = JsonDocument.Parse(json.ToArray());
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (!property.NameEquals("__metadata__"))
                    entries.Add(ParseEntry(property.Name, property.Value));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"The header is not a valid safetensors header: {e.Message}", e);
        }

        entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        var next = 0L;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry.Begin != next)
                throw new InvalidDataException($"Tensor '{entry.Name}' must begin at byte {next}, where the previous one ends, but begins at {entry.Begin}.");
            if (!names.Add(entry.Name))
                throw new InvalidDataException($"There are two tensors named '{entry.Name}'.");
            next = entry.End;
        }

        if (next != dataBytes)
            throw new InvalidDataException($"The tensors must fill {next} bytes according to the header, but the file has {dataBytes}.");
        return entries;
    }

    private static SafetensorsEntry ParseEntry(string name, JsonElement value)
    {
        var typeName = value.GetProperty("dtype").GetString();
        var (known, type, size) = Array.Find(Types, t => string.Equals(t.Name, typeName, StringComparison.Ordinal));
        if (known is null)
            throw new InvalidDataException($"Tensor '{name}' has the type '{typeName}', which is not supported.");
        var shape = value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()).ToArray();
        var offsets = value.GetProperty("data_offsets");
        if (offsets.GetArrayLength() != 2)
            throw new InvalidDataException($"Tensor '{name}' must have 2 data offsets but has {offsets.GetArrayLength()}.");
        var (begin, end) = (offsets[0].GetInt64(), offsets[1].GetInt64());
        var bytes = (Int128)size;
        foreach (var dimension in shape)
        {
            // Dimensions below 2^63 and a product checked at each one: 128 bits cannot overflow.
            if (dimension < 0 || (bytes *= dimension) > int.MaxValue)
                throw new InvalidDataException($"Tensor '{name}' has the shape [{string.Join(", ", shape)}], which is negative or above 2 GiB.");
        }

        if (begin < 0 || end < begin || end - begin != bytes)
            throw new InvalidDataException($"Tensor '{name}' of shape [{string.Join(", ", shape)}] needs {bytes} bytes; its offsets are {begin} to {end}.");
        return new SafetensorsEntry(name, type, shape, begin, end);
    }
}
