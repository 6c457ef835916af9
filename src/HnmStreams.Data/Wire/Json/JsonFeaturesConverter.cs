using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Json;

/// <summary>A converter of features from and to one JSON object, from name to number or category, which keeps their order.</summary>
internal sealed class JsonFeaturesConverter : JsonConverter<IReadOnlyList<Feature>>
{
    public override IReadOnlyList<Feature> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("'features' must be an object that maps names to numbers or strings.");
        var features = new List<Feature>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            // Null is a missing feature.
            if (reader.TokenType == JsonTokenType.Null)
                continue;
            features.Add(reader.TokenType switch
            {
                JsonTokenType.Number => new Feature(name, reader.GetDouble(), null),
                JsonTokenType.String => new Feature(name, 0, reader.GetString()),
                JsonTokenType.True => new Feature(name, 0, "true"),
                JsonTokenType.False => new Feature(name, 0, "false"),
                _ => throw new JsonException($"The feature '{name}' must be a number, a string, true, false or null."),
            });
        }

        return features;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<Feature> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var feature in value)
        {
            if (feature.Category is { } category)
                writer.WriteString(feature.Name, category);
            else
                writer.WriteNumber(feature.Name, feature.Number);
        }

        writer.WriteEndObject();
    }
}
