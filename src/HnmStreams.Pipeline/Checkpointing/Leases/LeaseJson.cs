using System.Text.Json.Serialization;

namespace HnmStreams.Pipeline.Checkpointing.Leases;

/// <summary>The JSON form of <see cref="EpochFile"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    MaxDepth = 16,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LeaseRecord))]
internal sealed partial class LeaseJson : JsonSerializerContext;
