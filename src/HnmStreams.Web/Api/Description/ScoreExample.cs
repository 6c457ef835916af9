using System.Text.Json;

namespace HnmStreams.Web.Api.Description;

/// <summary>The schema of an example in <c>POST /api/score</c>. The body itself is decoded as the stream is.</summary>
/// <param name="Id">Optional; the default is the index of the example.</param>
/// <param name="Input">The input, exactly one of its members. In the flat form its member is at the top level of the example.</param>
/// <param name="Target">Optional and not read.</param>
internal sealed record ScoreExample(string? Id, ScoreInput? Input, JsonElement? Target, string? Text, IReadOnlyDictionary<string, JsonElement>? Features, string? Image, ScoreTensor? Tensor);

/// <summary>The input of an example.</summary>
/// <param name="Features">Numbers and categories by name.</param>
/// <param name="Image">A JPEG or PNG file in base64.</param>
internal sealed record ScoreInput(string? Text, IReadOnlyDictionary<string, JsonElement>? Features, string? Image, ScoreTensor? Tensor);

/// <summary>A tensor.</summary>
/// <param name="Type">The element type, for example float32 or uint8.</param>
internal sealed record ScoreTensor(string Type, IReadOnlyList<int> Shape, IReadOnlyList<double> Values);
