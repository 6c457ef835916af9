using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Fields;

/// <summary>
/// A reader of tensors: a list of numbers, which may be nested, bytes, base64, or an object with <c>type</c>, <c>shape</c> and
/// <c>data</c> or <c>values</c>.
/// </summary>
/// <remarks>Thread-safe. Bytes stay slices of the record. The size is checked before memory is allocated.</remarks>
internal sealed class FieldTensorReader(FieldRole role, FieldOptions options, ExampleRules rules, StringInterner interner)
{
    public Rejection? Read(FieldPath path, in FieldValue value, out ExampleInput? input)
    {
        if (value.Kind != FieldKind.Object)
            return ReadData(path, value, options.TensorType, options.TensorShape, out input);
        input = null;
        var data = value.Member("data") is { IsAbsent: false } bytes ? bytes : value.Member("values");
        Span<int> shape = stackalloc int[WireLimits.MaxConfigurableDimensions];
        var rejection = ReadType(path, value.Member("type"), out var type) ?? ReadShape(path, value.Member("shape"), shape, out var dimensions, options.TensorShape);
        return rejection ?? ReadData(path, data, type, shape[..ShapeLength(value.Member("shape"))], out input);
    }

    private int ShapeLength(in FieldValue shape) => shape.Kind == FieldKind.Numbers ? shape.Numbers.Length : options.TensorShape.Length;

    private Rejection? ReadType(FieldPath path, in FieldValue value, out ElementType type)
    {
        type = options.TensorType;
        if (value.IsAbsent)
            return null;
        if (value.Kind == FieldKind.Text && Is(value.Bytes.Span, "uint8"u8, "ELEMENT_TYPE_UINT8"u8))
            type = ElementType.UInt8;
        else if (value.Kind == FieldKind.Text && Is(value.Bytes.Span, "float32"u8, "ELEMENT_TYPE_FLOAT32"u8))
            type = ElementType.Float32;
        else
            return Rejection.WrongShape($"The element type of the tensor {path} must be uint8 or float32.");
        return null;

        static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => name.SequenceEqual(one) || name.SequenceEqual(other);
    }

    private Rejection? ReadShape(FieldPath path, in FieldValue value, Span<int> shape, out int dimensions, int[] configured)
    {
        dimensions = configured.Length;
        configured.CopyTo(shape);
        if (value.IsAbsent)
            return null;
        if (value.Kind != FieldKind.Numbers)
            return Rejection.WrongShape($"The shape of the tensor {path} must be a list of numbers but is {value.Describe()}.");
        dimensions = value.Numbers.Length;
        if (dimensions > rules.Limits.MaxDimensions)
            return Rejection.TooLarge("tensor", dimensions, rules.Limits.MaxDimensions, "dimensions", "maxDimensions");
        for (var i = 0; i < dimensions; i++)
        {
            shape[i] = (int)Math.Clamp(value.Numbers[i], 0, int.MaxValue);
            if (shape[i] != value.Numbers[i])
                return Rejection.WrongShape($"Each dimension of the tensor {path} must be a whole number of at least 1.");
        }

        return null;
    }

    private Rejection? ReadData(FieldPath path, in FieldValue value, ElementType type, ReadOnlySpan<int> shape, out ExampleInput? input)
    {
        input = null;
        switch (value.Kind)
        {
            case FieldKind.Bytes:
                return Complete(type, shape, value.Bytes, out input);
            case FieldKind.Text:
                return Base64Bytes.Read(path, role, value, out var decoded) ?? Complete(type, shape, decoded, out input);
            case FieldKind.Numbers or FieldKind.List:
                return ReadList(path, value, type, shape, out input);
            default:
                return role.Wrong(path, "a list of numbers, bytes, base64, or an object with type, shape and data or values", value);
        }
    }

    private Rejection? ReadList(FieldPath path, in FieldValue list, ElementType type, ReadOnlySpan<int> configured, out ExampleInput? input)
    {
        input = null;
        Span<int> nested = stackalloc int[WireLimits.MaxConfigurableDimensions];
        if (NestedShape(path, list, nested, out var dimensions) is { } irregular)
            return irregular;
        var shape = configured.IsEmpty ? nested[..dimensions] : configured;
        long elements = 1;
        foreach (var dimension in nested[..dimensions])
            elements *= dimension;
        if (rules.Tensor(type, shape, elements * ExampleRules.SizeOf(type)) is { } inconsistent)
            return inconsistent;
        var data = new byte[elements * ExampleRules.SizeOf(type)];
        var written = 0;
        if (!Write(list, nested[..dimensions], type, data, ref written))
            return Rejection.WrongShape($"The tensor {path} must have lists of the same length with {(type == ElementType.UInt8 ? "whole numbers from 0 to 255" : "numbers")} only.");
        input = new ExampleInput.Dense(type, interner.Shape(shape), data);
        return type == ElementType.Float32 ? ExampleRules.Finite(data) : null;
    }

    // The number of elements is bounded by the numbers that were read.
    private Rejection? NestedShape(FieldPath path, in FieldValue list, Span<int> shape, out int dimensions)
    {
        dimensions = 0;
        var level = list;
        while (level.Kind is FieldKind.List or FieldKind.Numbers)
        {
            if (dimensions >= rules.Limits.MaxDimensions)
                return Rejection.TooLarge("tensor", dimensions + 1, rules.Limits.MaxDimensions, "dimensions", "maxDimensions");
            shape[dimensions++] = level.Kind == FieldKind.Numbers ? level.Numbers.Length : level.Items.Length;
            if (level.Kind == FieldKind.Numbers)
                return null;
            if (level.Items.Length == 0)
                return Rejection.WrongShape($"The tensor {path} (wire.fields.tensor) is empty.");
            level = level.Items[0];
        }

        return Rejection.WrongShape($"The tensor {path} (wire.fields.tensor) must be a list of numbers, which may be nested, but contains {level.Describe()}.");
    }

    private static bool Write(in FieldValue list, ReadOnlySpan<int> shape, ElementType type, Span<byte> data, ref int written)
    {
        if (shape.Length > 1)
        {
            if (list.Kind != FieldKind.List || list.Items.Length != shape[0])
                return false;
            foreach (var item in list.Items)
            {
                if (!Write(item, shape[1..], type, data, ref written))
                    return false;
            }

            return true;
        }

        if (list.Kind != FieldKind.Numbers || list.Numbers.Length != shape[0])
            return false;
        foreach (var number in list.Numbers)
        {
            if (type == ElementType.Float32)
            {
                BinaryPrimitives.WriteSingleLittleEndian(data[written..], (float)number);
                written += sizeof(float);
                continue;
            }

            data[written] = (byte)Math.Clamp(number, 0, 255);
            if (data[written++] != number)
                return false;
        }

        return true;
    }

    private Rejection? Complete(ElementType type, ReadOnlySpan<int> configured, ReadOnlyMemory<byte> data, out ExampleInput? input)
    {
        input = null;
        Span<int> flat = [data.Length / ExampleRules.SizeOf(type)];
        var shape = configured.IsEmpty ? flat : configured;
        var rejection = rules.Tensor(type, shape, data.Length);
        if (type == ElementType.Float32)
            rejection ??= ExampleRules.Finite(data.Span);
        if (rejection is null)
            input = new ExampleInput.Dense(type, interner.Shape(shape), data);
        return rejection;
    }
}

/// <summary>Bytes that a text holds as base64 (RFC 4648, section 4).</summary>
internal static class Base64Bytes
{
    public static Rejection? Read(FieldPath path, FieldRole role, in FieldValue text, out ReadOnlyMemory<byte> bytes)
    {
        // At most three quarters of the record.
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Bytes.Length)];
        var status = Base64.DecodeFromUtf8(text.Bytes.Span, decoded, out _, out var length);
        bytes = decoded.AsMemory(0, length);
        return status == OperationStatus.Done ? null : Rejection.Malformed($"The field {path} ({role.Setting}) must be base64 but is other text.");
    }
}
