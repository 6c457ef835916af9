using System.Text.Json.Serialization;
using HnmStreams.Pipeline.Checkpointing.Disk;

namespace HnmStreams.Pipeline.Checkpointing.Crashes;

/// <summary>The JSON form of <see cref="CrashHistory"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    NewLine = "\n",
    MaxDepth = 16,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CrashHistory))]
[JsonSerializable(typeof(FormatMark))]
internal sealed partial class CrashJson : JsonSerializerContext;
