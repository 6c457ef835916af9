using System.Text.Json;
using System.Text.Json.Serialization;

namespace HnmStreams.Web.Formatting;

/// <summary>JSON serialization of an enumeration as names in camel case.</summary>
internal sealed class CamelCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;
