using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Values;
using NJsonSchema;
using NJsonSchema.References;

namespace HnmStreams.Kafka.Schemas.Json;

/// <summary>A JSON schema: reads JSON, and rejects what does not match the schema.</summary>
internal sealed class JsonWireSchema : WireSchema
{
    private const int MaxListedErrors = 3;

    private readonly int _id;
    private readonly JsonValueReader _reader;
    private readonly JsonSchema? _schema;

    private JsonWireSchema(int id, JsonValueReader reader, JsonSchema? schema) => (_id, _reader, _schema) = (id, reader, schema);

    public static async Task<JsonWireSchema> CompileAsync(
        int id, string text, IReadOnlyList<NamedSchemaText> references, WireLimits limits, StringInterner interner, bool validates, CancellationToken cancellation)
    {
        var schema = validates
            ? await JsonSchema.FromJsonAsync(text, ".", root => new RegistryReferences(root, references), cancellation)
            : null;
        return new JsonWireSchema(id, new JsonValueReader(limits, interner), schema);
    }

    public override Rejection? Read(ReadOnlyMemory<byte> payload, out FieldValue value)
    {
        // This bounds depth and the length of numbers before the validator parses the text.
        var rejection = _reader.Read(payload, out value);
        if (rejection is not null || _schema is null)
            return rejection;
        try
        {
            var errors = _schema.Validate(Encoding.UTF8.GetString(payload.Span));
            if (errors.Count == 0)
                return null;
            var listed = errors.Take(MaxListedErrors).Select(static error => $"{error.Kind} at {error.Path}");
            return Rejection.Malformed($"The JSON does not match the schema {_id}: {string.Join("; ", listed)}{(errors.Count > MaxListedErrors ? $"; and {errors.Count - MaxListedErrors} more" : "")}. Correct the producer, or set wire.schemaRegistry.validateJson to false.");
        }
#pragma warning disable CA1031 // The payload comes from a producer, and the validator throws exceptions of many types, such as InvalidCastException for an integer of 20 digits.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Rejection.Malformed($"The JSON cannot be compared with the schema {_id}: {e.Message}");
        }
    }

    /// <summary>The resolution of references to schemas of the registry only. The library's own would read files and URLs that a schema names.</summary>
    private sealed class RegistryReferences(JsonSchema root, IReadOnlyList<NamedSchemaText> references)
        : JsonReferenceResolver(new JsonSchemaAppender(root, new DefaultTypeNameGenerator()))
    {
        public override Task<IJsonReference> ResolveFileReferenceAsync(string filePath, CancellationToken cancellationToken = default) => FindAsync(filePath, cancellationToken);

        public override Task<IJsonReference> ResolveUrlReferenceAsync(string url, CancellationToken cancellationToken = default) => FindAsync(url, cancellationToken);

        private async Task<IJsonReference> FindAsync(string name, CancellationToken cancellation)
        {
            var found = references.FirstOrDefault(reference => name.Equals(reference.Name, StringComparison.Ordinal) || name.EndsWith("/" + reference.Name, StringComparison.Ordinal))
                ?? throw new InvalidDataException($"It refers to {name}, which is not among the references that are registered with it.");
            return await JsonSchema.FromJsonAsync(found.Text, ".", inner => new RegistryReferences(inner, references), cancellation);
        }
    }
}
