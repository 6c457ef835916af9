using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing;

/// <summary>A part of a checkpoint as the manifest lists it.</summary>
/// <param name="Length">The number of bytes.</param>
/// <param name="Checksum">The XxHash3 of the bytes, 16 hexadecimal digits.</param>
/// <param name="IsLinked">True if the file may be shared with other checkpoints, so that the next one needs no space for it.</param>
internal sealed record PartEntry(string Name, long Length, string Checksum, bool IsLinked = false);

/// <summary>The content of <c>manifest.json</c>: all about a checkpoint except the state itself.</summary>
internal sealed record CheckpointManifest(
    int Format,
    long Epoch,
    long Sequence,
    DateTimeOffset Created,
    long ModelVersion,
    IReadOnlyList<CheckpointPosition> Positions,
    IReadOnlyDictionary<string, string> Settings,
    IReadOnlyList<PartEntry> Parts)
{
    /// <summary>The version of the manifest and of all parts. Raised with every change of one of them: there is no reader for earlier versions.</summary>
    public const int CurrentFormat = 9;
    public const int MaxParts = 4_096;

    /// <summary>The maximum size of the file. Ten thousand partitions need two million bytes.</summary>
    public const int MaxBytes = 16 << 20;

    [JsonIgnore]
    public CheckpointId Id => new(Epoch, Sequence);

    /// <summary>The bytes of all parts. Saturates.</summary>
    [JsonIgnore]
    public long Bytes => Sum(Parts);

    /// <summary>The bytes of the parts that every checkpoint writes again. Saturates.</summary>
    [JsonIgnore]
    public long WrittenBytes => Sum(Parts.Where(p => !p.IsLinked));

    public byte[] ToFile() => SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.CheckpointManifest));

    /// <summary>Reads the manifest of checkpoint <paramref name="id"/>.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or its content is invalid; the message says which.</exception>
    /// <exception cref="CheckpointFormatException">It is of another format.</exception>
    public static CheckpointManifest FromFile(byte[] file, CheckpointId id, long maxPartBytes)
    {
        var content = SealedJson.Open(file);
        try
        {
            var format = JsonSerializer.Deserialize(content.Span, ManifestJson.Default.FormatMark)?.Format;
            if (format != CurrentFormat)
                throw new CheckpointFormatException(format);
            var manifest = JsonSerializer.Deserialize(content.Span, ManifestJson.Default.CheckpointManifest)!;
            return manifest.Validate(id, maxPartBytes) is { } reason ? throw new InvalidDataException(reason) : manifest;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"it is not a manifest: {e.Message}", e);
        }
    }

    /// <summary>Returns the reason if this is not a valid manifest, else null. Written manifests have to pass the same rules as read ones.</summary>
    public string? Validate(CheckpointId id, long maxPartBytes)
    {
        if (Id != id)
            return $"it must be that of checkpoint {id} but is that of {Id}";
        if (ModelVersion < 0)
            return $"the model version must be at least 0 but is {ModelVersion}";
        if (Settings.Any(s => s.Value is null))
            return "a setting is not set";
        if (Parts.Count is 0 or > MaxParts)
            return $"it must name 1 to {MaxParts} parts but names {Parts.Count}";
        foreach (var part in Parts)
        {
            if (part is null || !CheckpointNames.IsPart(part.Name))
                return $"'{part?.Name}' is not a valid name of a part";
            if (part.Length < 0 || part.Length > maxPartBytes)
                return $"part {part.Name} must have at most {maxPartBytes} bytes but has {part.Length}";
        }

        if (Parts.DistinctBy(p => p.Name, StringComparer.OrdinalIgnoreCase).Count() != Parts.Count)
            return "a part is listed twice";
        if (Positions.FirstOrDefault(w => w is null || w.Partition < 0 || w.NextOffset < 0) is { } wrong)
            return $"{wrong} is not a valid position";
        if (Positions.Any(w => w is null))
            return "a position is missing";
        return Positions.DistinctBy(w => (w.ClusterId, w.TopicId, w.Topic, w.Partition)).Count() == Positions.Count
            ? null
            : "a partition has two positions";
    }

    private static long Sum(IEnumerable<PartEntry> parts) =>
        (long)parts.Aggregate(UInt128.Zero, (sum, p) => UInt128.Min(sum + (UInt128)p.Length, long.MaxValue));
}

/// <summary>The exception for a checkpoint of another version of this program.</summary>
internal sealed class CheckpointFormatException(int? format) : IOException(
    format < CheckpointManifest.CurrentFormat
        ? $"It was made by an earlier version of this program (format {format}, but this version reads format {CheckpointManifest.CurrentFormat}). Start with --fresh, or use that version."
        : $"It was made by another version of this program (format {format}, but this version reads format {CheckpointManifest.CurrentFormat}). Use that version, or start with --fresh.");

/// <summary>The JSON form of <see cref="CheckpointManifest"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    MaxDepth = 16,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CheckpointManifest))]
[JsonSerializable(typeof(FormatMark))]
internal sealed partial class ManifestJson : JsonSerializerContext;
