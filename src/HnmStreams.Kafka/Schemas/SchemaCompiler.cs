using Confluent.SchemaRegistry;
using HnmStreams.Data.Wire;
using HnmStreams.Kafka.Schemas.Avro;
using HnmStreams.Kafka.Schemas.Json;
using HnmStreams.Kafka.Schemas.Protobuf;

namespace HnmStreams.Kafka.Schemas;

/// <summary>The compilation of the registry's schemas, with their references, by type.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SchemaCompiler(WireLimits limits, StringInterner interner, SchemaRegistryOptions options)
{
    /// <summary>The maximum number of references of a schema, direct and indirect.</summary>
    private const int MaxReferences = 256;

    /// <summary>The registry's error codes of a subject and of a version that do not exist.</summary>
    private const int SubjectNotFound = 40401;
    private const int VersionNotFound = 40402;

    /// <summary>Compiles a schema. Returns one that rejects every record if it is invalid.</summary>
    public async Task<WireSchema> CompileAsync(int id, Schema schema, ISchemaRegistryClient client, CancellationToken cancellation)
    {
        try
        {
            var references = new List<NamedSchemaText>();
            var length = (long)schema.SchemaString.Length;
            if (await ResolveAsync(schema.References, references, client, length, cancellation) is { } problem)
                return new UnusableSchema(id, problem);
            return schema.SchemaType switch
            {
                SchemaType.Avro => AvroSchemaCompiler.Compile(schema.SchemaString, references, limits, interner),
                SchemaType.Json => await JsonWireSchema.CompileAsync(id, schema.SchemaString, references, limits, interner, options.ValidateJson, cancellation),
                SchemaType.Protobuf => ProtobufSchemaCompiler.Compile(id, schema.SchemaString, references, limits, interner),
                _ => new UnusableSchema(id, $"has the type {schema.SchemaType}, which is not supported. Supported types: AVRO, JSON, PROTOBUF."),
            };
        }
        catch (SchemaRegistryException e) when (e.ErrorCode is SubjectNotFound or VersionNotFound)
        {
            return new UnusableSchema(id, $"refers to a schema that does not exist: {e.Message}");
        }
#pragma warning disable CA1031 // The parsers of the libraries report invalid schemas by exceptions of many types.
        catch (Exception e) when (e is not (HttpRequestException or OperationCanceledException))
#pragma warning restore CA1031
        {
            return new UnusableSchema(id, $"cannot be used: {e.GetBaseException().Message}");
        }
    }

    // The references of a reference come before it, and each one is fetched once.
    private async Task<string?> ResolveAsync(List<SchemaReference>? wanted, List<NamedSchemaText> resolved, ISchemaRegistryClient client, long length, CancellationToken cancellation)
    {
        if (length > options.MaxSchemaLength)
            return $"must have at most {options.MaxSchemaLength} characters with its references (wire.schemaRegistry.maxSchemaLength) but has more.";
        foreach (var reference in wanted ?? [])
        {
            if (resolved.Exists(known => string.Equals(known.Name, reference.Name, StringComparison.Ordinal)))
                continue;
            if (resolved.Count >= MaxReferences)
                return $"must have at most {MaxReferences} references but has more.";
            var schema = await client.GetRegisteredSchemaAsync(reference.Subject, reference.Version, ignoreDeletedSchemas: false).WaitAsync(cancellation);
            length += schema.SchemaString.Length;
            // Counted before its own references, so that a cycle ends.
            var at = resolved.Count;
            resolved.Add(new NamedSchemaText(reference.Name, schema.SchemaString));
            if (await ResolveAsync(schema.References, resolved, client, length, cancellation) is { } problem)
                return problem;
            var self = resolved[at];
            resolved.RemoveAt(at);
            resolved.Add(self);
        }

        return null;
    }
}

/// <summary>A schema that another one refers to by name.</summary>
internal sealed record NamedSchemaText(string Name, string Text);
