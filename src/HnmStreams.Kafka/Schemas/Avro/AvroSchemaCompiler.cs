using System.Globalization;
using System.Text;
using Avro;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Envelopes;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Kafka.Schemas.Avro;

/// <summary>The compilation of an Avro schema: Apache's library parses the text, and the nodes keep what reading needs.</summary>
internal sealed class AvroSchemaCompiler
{
    private readonly Dictionary<Schema, AvroNode> _named = new(ReferenceEqualityComparer.Instance);

    /// <summary>Compiles a schema.</summary>
    /// <exception cref="AvroException">The schema is invalid.</exception>
    public static AvroWireSchema Compile(string text, IReadOnlyList<NamedSchemaText> references, WireLimits limits, StringInterner interner)
    {
        var names = new SchemaNames();
        foreach (var reference in references)
            Schema.Parse(reference.Text, names, null);
        return new AvroWireSchema(new AvroSchemaCompiler().Node(Schema.Parse(text, names, null)), limits, interner);
    }

    private AvroNode Node(Schema schema)
    {
        if (schema is LogicalSchema logical)
            return Logical(logical);
        var unit = ConnectSchema.UnitOf(Property(schema, "connect.name"));
        return schema.Tag switch
        {
            Schema.Type.Null => new AvroNode(AvroKind.Null, "null"),
            Schema.Type.Boolean => new AvroNode(AvroKind.Boolean, "boolean"),
            Schema.Type.Int or Schema.Type.Long => new AvroNode(AvroKind.Integer, schema.Name) { Unit = unit },
            Schema.Type.Float => new AvroNode(AvroKind.Float, "float"),
            Schema.Type.Double => new AvroNode(AvroKind.Double, "double"),
            Schema.Type.Bytes => new AvroNode(AvroKind.Bytes, "bytes"),
            Schema.Type.String => new AvroNode(AvroKind.Text, "string"),
            Schema.Type.Fixed => new AvroNode(AvroKind.Fixed, schema.Fullname) { Size = ((FixedSchema)schema).Size },
            Schema.Type.Enumeration => new AvroNode(AvroKind.Enumeration, schema.Fullname)
            {
                Symbols = [.. ((EnumSchema)schema).Symbols.Select(static symbol => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(symbol))],
            },
            Schema.Type.Array => new AvroNode(AvroKind.Array, "array") { Children = [Node(((ArraySchema)schema).ItemSchema)] },
            Schema.Type.Map => new AvroNode(AvroKind.Map, "map") { Children = [Node(((MapSchema)schema).ValueSchema)] },
            Schema.Type.Union => new AvroNode(AvroKind.Union, "union") { Children = [.. ((UnionSchema)schema).Schemas.Select(Node)] },
            Schema.Type.Record or Schema.Type.Error => Record((RecordSchema)schema),
            _ => throw new AvroException($"The type {schema.Tag} is not supported."),
        };
    }

    private AvroNode Record(RecordSchema schema)
    {
        if (_named.TryGetValue(schema, out var known))
            return known;
        var node = new AvroNode(AvroKind.Record, schema.Fullname);
        _named.Add(schema, node);
        node.FieldNames = [.. schema.Fields.Select(static field => field.Name)];
        node.Children = [.. schema.Fields.Select(field => Node(field.Schema))];
        return node;
    }

    // Avro 1.12 specification, section "Logical types". An unknown one is its base type.
    private AvroNode Logical(LogicalSchema schema)
    {
        var node = Node(schema.BaseSchema);
        return schema.LogicalTypeName switch
        {
            "decimal" => new AvroNode(node.Kind, "decimal") { Size = node.Size, Scale = int.TryParse(Property(schema, "scale"), CultureInfo.InvariantCulture, out var scale) ? scale : 0 },
            "date" => new AvroNode(node.Kind, "date") { Unit = FieldUnit.Days },
            "timestamp-millis" or "local-timestamp-millis" => new AvroNode(node.Kind, schema.LogicalTypeName) { Unit = FieldUnit.Milliseconds },
            "timestamp-micros" or "local-timestamp-micros" => new AvroNode(node.Kind, schema.LogicalTypeName) { Unit = FieldUnit.Microseconds },
            "timestamp-nanos" or "local-timestamp-nanos" => new AvroNode(node.Kind, schema.LogicalTypeName) { Unit = FieldUnit.Nanoseconds },
            _ => node,
        };
    }

    // The library returns properties as JSON.
    private static string Property(Schema schema, string name) => schema.GetProperty(name)?.Trim('"') ?? "";
}
