using System.Buffers.Binary;
using System.Text.Json;
using HnmStreams.Data.Files;
using HnmStreams.Torch.Native;
using static TorchSharp.torch;

namespace HnmStreams.Torch.Snapshots;

/// <summary>
/// A reader and writer of the safetensors format (8 bytes of header length, a JSON header, raw little-endian values).
/// PyTorch, JAX and the Hugging Face libraries read it, and reading it runs no code.
/// </summary>
public static class SafetensorsFile
{
    /// <summary>The format's limit on the header's size.</summary>
    private const int MaxHeaderBytes = 100_000_000;

    /// <summary>
    /// Writes all tensors, of any strides and device, and flushes the file to the disk. The write is not atomic:
    /// write to another name, then rename.
    /// </summary>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        Write(file, tensors, metadata);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Writes all tensors in one forward pass; the stream stays open.</summary>
    public static void Write(Stream file, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(tensors);
        TorchLibrary.EnsureLoaded();
        var ordered = tensors.OrderBy(t => t.Key, StringComparer.Ordinal).ToArray();
        var header = Header(ordered, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        file.Write(length);
        file.Write(header);
        using var guard = no_grad();
        foreach (var (_, tensor) in ordered)
        {
            using var scope = NewDisposeScope();
            if (tensor.NumberOfElements > 0)
                file.Write(tensor.detach().cpu().contiguous().bytes);
        }
    }

    /// <summary>Reads all tensors into host memory. Sizes are checked before memory is allocated.</summary>
    /// <param name="maxBytes">The largest size of a file that is read.</param>
    /// <returns>Tensors by name, outside of every dispose scope. The caller disposes them.</returns>
    /// <exception cref="InvalidDataException">The file is not a complete and valid safetensors file, or it is too large.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path, long maxBytes = 4L << 30)
    {
        TorchLibrary.EnsureLoaded();
        using var file = new FileStream(RegularFile.Required(path), FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            return Read(file, maxBytes);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{path} cannot be read as safetensors. {e.Message}", e);
        }
    }

    /// <summary>Reads all tensors from a stream of known length, from its beginning to its end.</summary>
    /// <inheritdoc cref="Read(string, long)"/>
    public static IReadOnlyDictionary<string, Tensor> Read(Stream file, long maxBytes = 4L << 30)
    {
        ArgumentNullException.ThrowIfNull(file);
        TorchLibrary.EnsureLoaded();
        if (file.Length > maxBytes)
            throw new InvalidDataException($"The file must have at most {maxBytes} bytes but has {file.Length}.");
        Span<byte> prefix = stackalloc byte[8];
        file.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length < 2 || length > MaxHeaderBytes || length > file.Length - 8)
            throw new InvalidDataException($"The header's length must be 2 to {Math.Min(MaxHeaderBytes, file.Length - 8)} bytes but is {length}.");
        var json = new byte[length];
        file.ReadExactly(json);

        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            foreach (var entry in SafetensorsHeader.Parse(json, file.Length - 8 - length))
            {
                var tensor = empty(entry.Shape, entry.Type).DetachFromDisposeScope();
                tensors.Add(entry.Name, tensor);
                if (entry.End > entry.Begin)
                    file.ReadExactly(tensor.bytes);
            }

            return tensors;
        }
        catch
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            throw;
        }
    }

    private static byte[] Header(KeyValuePair<string, Tensor>[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }

            var offset = 0L;
            foreach (var (name, tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", SafetensorsHeader.NameOf(tensor.dtype));
                json.WriteStartArray("shape");
                foreach (var dimension in tensor.shape)
                    json.WriteNumberValue(dimension);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.NumberOfElements * tensor.ElementSize);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Data begin at a multiple of 8, as in files of the reference implementation.
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }
}
