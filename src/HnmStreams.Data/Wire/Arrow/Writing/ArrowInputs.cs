using System.Runtime.InteropServices;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Types;
using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Arrow.Writing;

/// <summary>The columns of the inputs: one for a tensor, image or text, or one per feature.</summary>
internal static class ArrowInputs
{
    /// <exception cref="ArgumentException">The inputs differ in kind, type or shape, or a feature is both a number and a category.</exception>
    public static IEnumerable<(Field Field, IArrowArray Values)> Of(IReadOnlyList<Example> examples, int nulls, ArrowColumnOptions names)
    {
        switch ((examples.Count == 0 ? null : examples[0].Input))
        {
            case null:
                // Tombstones only.
                return [Column(names.Text, ArrowEncoder.Strings(Enumerable.Repeat<string?>(null, nulls)))];
            case ExampleInput.Text:
                return [Column(names.Text, ArrowEncoder.Strings([.. Same<ExampleInput.Text>(examples).Select(static t => t.Value), .. Enumerable.Repeat<string?>(null, nulls)]))];
            case ExampleInput.EncodedImage:
                return [Column(names.Image, Images(Same<ExampleInput.EncodedImage>(examples), nulls))];
            case ExampleInput.Dense:
                return [Tensors(Same<ExampleInput.Dense>(examples), nulls, names.Tensor)];
            default:
                return Features([.. Same<ExampleInput.Features>(examples).Select(static f => f.Items)], nulls, names);
        }
    }

    private static (Field Field, IArrowArray Values) Column(string name, IArrowArray values) => (new Field(name, values.Data.DataType, nullable: true), values);

    private static T[] Same<T>(IReadOnlyList<Example> examples)
        where T : ExampleInput
    {
        var inputs = new T[examples.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = examples[i].Input as T
                ?? throw new ArgumentException($"The input of the example '{examples[i].Id}' is of another kind than that of the first one: send them in records of their own.", nameof(examples));
        }

        return inputs;
    }

    private static BinaryArray Images(IEnumerable<ExampleInput.EncodedImage> images, int nulls)
    {
        var builder = new BinaryArray.Builder();
        foreach (var image in images)
            builder.Append(image.Data.Span);
        for (var i = 0; i < nulls; i++)
            builder.AppendNull();
        return builder.Build();
    }

    private static (Field Field, IArrowArray Values) Tensors(ExampleInput.Dense[] tensors, int nulls, string name)
    {
        var (type, shape) = (tensors[0].Type, tensors[0].Shape);
        if (tensors.Any(t => t.Type != type || !t.Shape.SequenceEqual(shape)))
            throw new ArgumentException($"All tensors of a record must have the same type and shape, which are {type} [{string.Join(", ", shape)}] in the first example.", nameof(tensors));
        var elements = shape.Aggregate(1, static (product, size) => product * size);
        var bytes = new byte[(tensors.Length + nulls) * elements * ExampleRules.SizeOf(type)];
        var at = 0;
        foreach (var tensor in tensors)
        {
            tensor.Data.Span.CopyTo(bytes.AsSpan(at));
            at += tensor.Data.Length;
        }

        var count = (tensors.Length + nulls) * elements;
        IArrowArray values = type == ElementType.Float32
            ? new FloatArray(new ArrowBuffer(bytes), ArrowBuffer.Empty, count, 0, 0)
            : new UInt8Array(new ArrowBuffer(bytes), ArrowBuffer.Empty, count, 0, 0);
        var list = new FixedSizeListType(new Field("item", values.Data.DataType, nullable: false), elements);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ARROW:extension:name"] = "arrow.fixed_shape_tensor",
            ["ARROW:extension:metadata"] = JsonSerializer.Serialize(new Dictionary<string, int[]>(StringComparer.Ordinal) { ["shape"] = [.. shape] }),
        };
        return (new Field(name, list, nullable: true, metadata), new FixedSizeListArray(list, tensors.Length + nulls, values, Validity(tensors.Length, nulls), nulls));
    }

    private static ArrowBuffer Validity(int valid, int nulls)
    {
        var bits = new ArrowBuffer.BitmapBuilder(valid + nulls);
        return nulls == 0 ? ArrowBuffer.Empty : bits.AppendRange(true, valid).AppendRange(false, nulls).Build();
    }

    private static List<(Field Field, IArrowArray Values)> Features(IReadOnlyList<Feature>[] rows, int nulls, ArrowColumnOptions names)
    {
        string[] roles = [names.Id, names.Class, names.Label, names.Identity, names.OtherIdentities, names.Weight, names.Time, names.Tombstone, names.Tensor, names.Image, names.Text];
        var order = new List<string>();
        var columns = new Dictionary<string, Feature?[]>(StringComparer.Ordinal);
        for (var row = 0; row < rows.Length; row++)
        {
            foreach (var feature in rows[row])
            {
                ref var column = ref CollectionsMarshal.GetValueRefOrAddDefault(columns, feature.Name, out var known);
                if (!known)
                    order.Add(roles.Contains(feature.Name, StringComparer.Ordinal)
                        ? throw new ArgumentException($"The feature '{feature.Name}' has the name of a column with a role: rename it.", nameof(rows))
                        : feature.Name);
                (column ??= new Feature?[rows.Length + nulls])[row] = feature;
            }
        }

        return [.. order.Select(name => Column(name, Values(name, columns[name])))];
    }

    private static IArrowArray Values(string name, Feature?[] column)
    {
        var isCategory = column.First(static feature => feature is not null)!.Value.Category is not null;
        if (column.Any(feature => feature is { } f && f.Category is not null != isCategory))
            throw new ArgumentException($"The feature '{name}' is a number in some examples and a category in others.", nameof(name));
        if (isCategory)
            return ArrowEncoder.Strings(column.Select(static feature => feature?.Category));
        var builder = new DoubleArray.Builder();
        foreach (var feature in column)
            builder.Append(feature?.Number);
        return builder.Build();
    }
}
