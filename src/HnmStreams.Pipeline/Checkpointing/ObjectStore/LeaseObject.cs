using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Pipeline.Checkpointing.Disk;
using HnmStreams.Pipeline.Checkpointing.Leases;

namespace HnmStreams.Pipeline.Checkpointing.ObjectStore;

/// <summary>
/// The content of <c>lease.json</c>: the lease and the published checkpoints. Both are in one object, because the condition of a write covers one object
/// only: a learner that has lost the lease cannot publish.
/// </summary>
/// <param name="Checkpoints">The published checkpoints, newest first.</param>
internal sealed record LeaseObject(int Format, LeaseRecord Lease, IReadOnlyList<CheckpointId> Checkpoints)
{
    public const int CurrentFormat = 1;
    public const int MaxBytes = 1 << 20;

    public byte[] ToBytes() => SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(this, LeaseObjectJson.Default.LeaseObject));

    /// <exception cref="InvalidDataException">It is damaged or of another format; the message says which.</exception>
    public static LeaseObject FromBytes(ReadOnlyMemory<byte> bytes)
    {
        var content = SealedJson.Open(bytes.ToArray());
        try
        {
            var format = JsonSerializer.Deserialize(content.Span, LeaseObjectJson.Default.FormatMark)?.Format;
            if (format != CurrentFormat)
                throw new InvalidDataException($"its format must be {CurrentFormat} but is {format}");
            var lease = JsonSerializer.Deserialize(content.Span, LeaseObjectJson.Default.LeaseObject)!;
            if (lease.Lease.Epoch is <= 0 or > CheckpointNames.MaxEpoch)
                throw new InvalidDataException($"its epoch must be from 1 to {CheckpointNames.MaxEpoch} but is {lease.Lease.Epoch}");
            var invalid = lease.Checkpoints.Where(c => c.Epoch is <= 0 or > CheckpointNames.MaxEpoch || c.Sequence is <= 0 or > CheckpointNames.MaxSequence).Select(c => c.ToString()).FirstOrDefault();
            return invalid is null ? lease : throw new InvalidDataException($"{invalid} is not a valid id of a checkpoint");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"it is not a lease: {e.Message}", e);
        }
    }
}

/// <summary>The JSON form of <see cref="LeaseObject"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    MaxDepth = 16,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LeaseObject))]
[JsonSerializable(typeof(FormatMark))]
internal sealed partial class LeaseObjectJson : JsonSerializerContext;
