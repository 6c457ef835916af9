
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Kafka.Schemas.Avro;

internal enum AvroKind
{
    Null,
    Boolean,
    Integer,
    Float,
    Double,
    Bytes,
    Text,
    Fixed,
    Enumeration,
    Array,
    Map,
    Union,
    Record,
}

/// <summary>A node of a compiled Avro schema. Named types may refer to themselves, so children are set after construction.</summary>
internal sealed class AvroNode(AvroKind kind, string name)
{
    public AvroKind Kind { get; } = kind;

    /// <summary>The name of the type, for error messages.</summary>
    public string Name { get; } = name;

    /// <summary>The unit of an integer that is a time.</summary>
    public FieldUnit Unit { get; init; }

    /// <summary>The scale of bytes or fixed that are a decimal, or null.</summary>
    public int? Scale { get; init; }

    /// <summary>The size of a fixed in bytes.</summary>
    public int Size { get; init; }

    /// <summary>The symbols of an enumeration in UTF-8.</summary>
    public ReadOnlyMemory<byte>[] Symbols { get; init; } = [];

    /// <summary>The names of the fields of a record.</summary>
    public string[] FieldNames { get; set; } = [];

    /// <summary>The types of the fields of a record, the branches of a union, or the element type of an array or map.</summary>
    public AvroNode[] Children { get; set; } = [];
}
