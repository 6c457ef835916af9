using System.Text.Json;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Arrow.Messages;

/// <summary>
/// A reader of schemas. The number of columns and their depth are bounded: the metadata of a small message can name the same child
/// many times, so that following it without a bound takes time and memory exponential in its size.
/// </summary>
internal sealed class ArrowSchemaReader(int maxColumns)
{
    // Tensors are lists in lists.
    private const int MaxDepth = WireLimits.MaxConfigurableDimensions;

    // Schema and Field in Schema.fbs.
    private const int EndiannessField = 0, FieldsField = 1;
    private const int NameField = 0, TypeKindField = 2, TypeField = 3, DictionaryField = 4, ChildrenField = 5, MetadataField = 6;

    private int _columns;

    /// <exception cref="ArrowFormatException">The schema is damaged, too large, or has an unsupported type.</exception>
    public ArrowColumn[] Read(FlatTable schema)
    {
        if (schema.Int16(EndiannessField) != 0)
            throw new ArrowFormatException("The stream must be little-endian.");
        _columns = 0;
        var columns = new ArrowColumn[Counted(schema.Count(FieldsField, sizeof(int)))];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = ReadColumn(schema.Element(FieldsField, i), 0);
        return columns;
    }

    private int Counted(int columns)
    {
        _columns += columns;
        return _columns <= maxColumns ? columns : throw new ArrowFormatException($"The schema must have at most {maxColumns} columns, nested ones included, but has more.", RejectionReasons.TooLarge);
    }

    private ArrowColumn ReadColumn(FlatTable field, int depth)
    {
        if (depth >= MaxDepth)
            throw new ArrowFormatException($"Columns may be nested {MaxDepth} deep but are deeper.", RejectionReasons.TooLarge);
        var name = field.Text(NameField);
        if (field.TryTable(DictionaryField, out var dictionary))
            return ReadDictionary(name, field, dictionary, depth);
        return ReadValues(name, field, depth);
    }

    // DictionaryEncoding: id, indexType.
    private ArrowColumn ReadDictionary(string name, FlatTable field, FlatTable dictionary, int depth)
    {
        var (bits, isSigned) = dictionary.TryTable(1, out var index) ? (IntegerBits(index, name), index.Byte(1) != 0) : (32, true);
        return new ArrowColumn(name, ArrowType.Int, bits, [])
        {
            IsSigned = isSigned,
            DictionaryId = dictionary.Int64(0),
            Dictionary = ReadValues(name, field, depth),
        };
    }

    private ArrowColumn ReadValues(string name, FlatTable field, int depth)
    {
        var kind = (ArrowType)field.Byte(TypeKindField);
        field.TryTable(TypeField, out var type);
        var children = new ArrowColumn[Counted(field.Count(ChildrenField, sizeof(int)))];
        for (var i = 0; i < children.Length; i++)
            children[i] = ReadColumn(field.Element(ChildrenField, i), depth + 1);
        var required = kind is ArrowType.List or ArrowType.LargeList or ArrowType.FixedSizeList or ArrowType.Map ? 1 : kind == ArrowType.Struct ? children.Length : 0;
        if (children.Length != required)
            throw new ArrowFormatException($"The column '{ControlCharacters.Escape(name)}' of the type {kind} must have {required} children but has {children.Length}.");
        var column = new ArrowColumn(name, kind, BitsOf(kind, type, name), children)
        {
            IsSigned = kind != ArrowType.Int || type.Byte(1) != 0,
            Unit = kind switch
            {
                // The default of Date's unit is milliseconds.
                ArrowType.Date => type.Int16(0, 1),
                ArrowType.Timestamp => type.Int16(0),
                _ => 0,
            },
            ListSize = kind == ArrowType.FixedSizeList ? Positive(type.Int32(0), name) : 0,
            TensorShape = ShapeOf(field),
        };
        return column;
    }

    private static int Positive(int size, string name) =>
        size >= 0 ? size : throw new ArrowFormatException($"The size of the column '{ControlCharacters.Escape(name)}' must be at least 0 but is {size}.");

    private static int BitsOf(ArrowType kind, FlatTable type, string name)
    {
        switch (kind)
        {
            case ArrowType.Int:
                return IntegerBits(type, name);
            case ArrowType.FloatingPoint:
                var precision = type.Int16(0);
                return precision is >= 0 and <= 2 ? 16 << precision : throw Unsupported(name, $"floating point of precision {precision}");
            case ArrowType.Bool:
                return 1;
            case ArrowType.Date:
                return type.Int16(0, 1) == 0 ? 32 : 64;
            case ArrowType.Timestamp or ArrowType.Duration:
                return 64;
            case ArrowType.FixedSizeBinary:
                var width = Positive(type.Int32(0), name);
                return width <= int.MaxValue / 8 ? width * 8 : throw Unsupported(name, $"binary of {width} bytes");
            case ArrowType.Null or ArrowType.Binary or ArrowType.Utf8 or ArrowType.LargeBinary or ArrowType.LargeUtf8
                or ArrowType.List or ArrowType.LargeList or ArrowType.FixedSizeList or ArrowType.Struct or ArrowType.Map
                or ArrowType.Decimal or ArrowType.Time or ArrowType.Interval:
                return 0;
            default:
                throw Unsupported(name, $"number {(int)kind}");
        }
    }

    private static int IntegerBits(FlatTable type, string name)
    {
        var bits = type.Int32(0);
        return bits is 8 or 16 or 32 or 64 ? bits : throw Unsupported(name, $"integer of {bits} bits");
    }

    private static ArrowFormatException Unsupported(string name, string type) =>
        new($"The column '{ControlCharacters.Escape(name)}' has an unsupported type ({type}).");

    /// <summary>Returns the shape that the canonical extension type arrow.fixed_shape_tensor declares, or null.</summary>
    private static int[]? ShapeOf(FlatTable field)
    {
        var isTensor = false;
        ReadOnlySpan<byte> json = default;
        var count = Math.Min(field.Count(MetadataField, sizeof(int)), 16);
        for (var i = 0; i < count; i++)
        {
            var pair = field.Element(MetadataField, i);
            if (pair.Utf8(0).SequenceEqual("ARROW:extension:name"u8))
                isTensor = pair.Utf8(1).SequenceEqual("arrow.fixed_shape_tensor"u8);
            else if (pair.Utf8(0).SequenceEqual("ARROW:extension:metadata"u8))
                json = pair.Utf8(1);
        }

        return isTensor && json.Length <= 4096 ? ParseShape(json) : null;
    }

    private static int[] ParseShape(ReadOnlySpan<byte> json)
    {
        try
        {
            var shape = new List<int>();
            var reader = new Utf8JsonReader(json);
            var inShape = false;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                    inShape = reader.CurrentDepth == 1 && reader.ValueTextEquals("shape"u8);
                else if (inShape && reader.TokenType == JsonTokenType.Number)
                    shape.Add(reader.GetInt32());
            }

            return [.. shape];
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new ArrowFormatException("The metadata of arrow.fixed_shape_tensor must be JSON with a shape.");
        }
    }
}
