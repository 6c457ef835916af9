using System.ComponentModel.DataAnnotations;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using HnmStreams.Configuration.Binding;
using HnmStreams.Configuration.Sections;

namespace HnmStreams.Configuration.Reference;

/// <summary>The JSON schema (draft 2020-12) of the settings files, for completion and checks in editors.</summary>
/// <remarks>
/// The schema is written from the same tree as the binder reads. A schema generator for .NET types would describe JSON
/// as a serializer writes it, which differs here: durations are text, enums are camelCase, unknown keys are errors.
/// </remarks>
public static class SettingsSchema
{
    private const string DurationPattern = @"^\s*([0-9.]+(ms|s|m|h|d)|[0-9.:]+)\s*$";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Returns the schema as indented JSON with a final newline.</summary>
    public static string Json()
    {
        var described = SettingsCatalog.All().ToDictionary(s => s.Path, StringComparer.Ordinal);
        var root = Section(SettingsNode.Root(typeof(HnmOptions)), described);
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "HnmStreams settings");
        root["properties"]!.AsObject().Insert(0, "$schema", new JsonObject { ["type"] = "string" });
        return root.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Section(SettingsNode section, Dictionary<string, DescribedSetting> described)
    {
        var properties = new JsonObject();
        foreach (var (name, child) in section.Children)
            properties[name] = child.Kind == SettingsNodeKind.Section ? Section(child, described) : Value(child, described[child.Path]);
        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = false };
        if (SettingsCatalog.DescriptionOf(section) is { Length: > 0 } description)
            schema["description"] = description;
        schema["properties"] = properties;
        return schema;
    }

    private static JsonObject Value(SettingsNode node, DescribedSetting setting)
    {
        var schema = node.Kind switch
        {
            SettingsNodeKind.Map => new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean", "object", "null") } },
            SettingsNodeKind.List => new JsonObject { ["type"] = "array", ["items"] = Scalar(node) },
            _ => Scalar(node),
        };
        if (node.AllowsNull && schema["type"] is JsonValue type)
            schema["type"] = new JsonArray(type.DeepClone(), "null");
        if (node.AllowsNull && schema["enum"] is JsonArray values && !values.Any(v => v is null))
            values.Add((JsonNode?)null);
        schema["description"] = $"{setting.Description} Must be {setting.Allowed}. Default: {setting.Default ?? "not set"}.".TrimStart();
        return schema;
    }

    private static JsonObject Scalar(SettingsNode node)
    {
        var type = node.ValueType;
        var attributes = node.Property!.GetCustomAttributes(inherit: true);
        if (attributes.OfType<AllowedValuesAttribute>().FirstOrDefault() is { } values)
            return new JsonObject { ["enum"] = new JsonArray([.. values.Values.Select(v => JsonValue.Create(v?.ToString()))]) };
        if (type.IsEnum)
            return new JsonObject { ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(n => JsonValue.Create(JsonNamingPolicy.CamelCase.ConvertName(n)))]) };
        if (type == typeof(TimeSpan))
            return new JsonObject { ["type"] = "string", ["pattern"] = DurationPattern };
        if (type == typeof(string) || type == typeof(Uri))
            return new JsonObject { ["type"] = "string" };
        if (type == typeof(bool))
            return new JsonObject { ["type"] = "boolean" };
        var number = new JsonObject { ["type"] = type == typeof(float) || type == typeof(double) || type == typeof(decimal) ? "number" : "integer" };
        if (attributes.OfType<RangeAttribute>().FirstOrDefault() is { OperandType: var operand } range && operand != typeof(TimeSpan))
        {
            number[range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = JsonSerializer.SerializeToNode(range.Minimum);
            if (!SettingsConversion.IsUnbounded(range))
                number[range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum"] = JsonSerializer.SerializeToNode(range.Maximum);
        }

        return number;
    }
}
