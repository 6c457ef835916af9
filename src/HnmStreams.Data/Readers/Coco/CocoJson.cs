using System.Text.Json.Serialization;

namespace HnmStreams.Data.Readers.Coco;

/// <summary>An element of <c>images</c>.</summary>
internal sealed record CocoImage(
    [property: JsonRequired] long Id, [property: JsonRequired] string FileName, int Width = 0, int Height = 0);

/// <summary>An element of <c>categories</c>. Ids need not be contiguous.</summary>
internal sealed record CocoCategory([property: JsonRequired] long Id, [property: JsonRequired] string Name);

/// <summary>An element of <c>annotations</c>.</summary>
/// <param name="Bbox">The left and top side, the width and the height, in pixels.</param>
/// <param name="IsCrowd">1 if the box surrounds a group of objects.</param>
internal sealed record CocoAnnotation(
    [property: JsonRequired] long ImageId,
    [property: JsonRequired] long CategoryId,
    [property: JsonRequired] float[] Bbox,
    long Id = 0,
    [property: JsonPropertyName("iscrowd")] int IsCrowd = 0);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CocoImage))]
[JsonSerializable(typeof(CocoCategory))]
[JsonSerializable(typeof(CocoAnnotation))]
internal sealed partial class CocoJsonContext : JsonSerializerContext;
