namespace HnmStreams.Kafka.Schemas.Protobuf;

/// <summary>The scalar types of protobuf by how they are encoded, and messages.</summary>
internal enum ProtobufKind
{
    Double,
    Float,
    Signed,
    Unsigned,
    ZigZag,
    Fixed32,
    Fixed64,
    SignedFixed32,
    SignedFixed64,
    Boolean,
    Enumeration,
    Text,
    Bytes,
    Message,
}

/// <summary>A compiled message type. Messages may contain themselves, so fields are set after construction.</summary>
internal sealed class ProtobufMessage(string fullName)
{
    public string FullName { get; } = fullName;

    public ProtobufField[] Fields { get; set; } = [];

    /// <summary>The indexes of the fields by number.</summary>
    public Dictionary<int, int> ByNumber { get; set; } = [];

    /// <summary>The message types that are declared inside this one, in order.</summary>
    public ProtobufMessage[] Nested { get; set; } = [];

    /// <summary>True for the entries of a map field.</summary>
    public bool IsMapEntry { get; set; }
}

/// <summary>A compiled field.</summary>
internal sealed record ProtobufField(string Name, ProtobufKind Kind)
{
    public bool IsRepeated { get; init; }

    /// <summary>True if an absent field differs from one with the default value: messages, members of a oneof, and proto2 or <c>optional</c> fields.</summary>
    public bool HasPresence { get; init; }

    /// <summary>The number of the oneof, or null.</summary>
    public int? Oneof { get; init; }

    /// <summary>The type of a message field.</summary>
    public ProtobufMessage? Message { get; init; }

    /// <summary>The names of an enumeration's values in UTF-8, by number.</summary>
    public IReadOnlyDictionary<int, ReadOnlyMemory<byte>>? Symbols { get; init; }
}
