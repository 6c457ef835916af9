using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Kafka.Schemas;

/// <summary>A schema of the registry, compiled to read payloads.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
internal abstract class WireSchema
{
    /// <summary>Reads the payload after the frame. Never throws for invalid bytes.</summary>
    public abstract Rejection? Read(ReadOnlyMemory<byte> payload, out FieldValue value);
}

/// <summary>A schema that does not exist or cannot be used. Every record that refers to it is rejected with the reason.</summary>
internal sealed class UnusableSchema(Rejection rejection) : WireSchema
{
    public UnusableSchema(int id, string problem)
        : this(new Rejection(UnknownSchema, $"The schema {id} {problem}"))
    {
    }

    /// <summary>The reason of records whose schema does not exist or cannot be used.</summary>
    public const string UnknownSchema = "unknown-schema";

    public override Rejection? Read(ReadOnlyMemory<byte> payload, out FieldValue value)
    {
        value = default;
        return rejection;
    }
}
