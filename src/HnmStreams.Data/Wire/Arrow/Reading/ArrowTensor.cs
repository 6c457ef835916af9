using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Arrow.Messages;

namespace HnmStreams.Data.Wire.Arrow.Reading;

/// <summary>A column of tensors: lists of fixed size, nested for several dimensions, or binary of fixed size.</summary>
internal sealed class ArrowTensor
{
    /// <param name="configured">The shape of the settings; empty if they have none.</param>
    /// <exception cref="ArrowFormatException">The shape does not fit the elements, or exceeds a limit.</exception>
    public ArrowTensor(ArrowColumn column, int[] configured, ExampleRules rules)
    {
        (Column, Elements) = (column, ElementsOf(column)!);
        Type = Elements.Type == ArrowType.FloatingPoint ? ElementType.Float32 : ElementType.UInt8;
        var sizes = new List<int>();
        var nested = new List<(ArrowColumn Child, int PerRow)>();
        // Bounded while multiplying, so that lists in lists cannot overflow it.
        var perRow = 1L;
        for (var list = column; list.Type == ArrowType.FixedSizeList; list = list.Children[0])
        {
            sizes.Add(list.ListSize);
            perRow = Math.Min(perRow * list.ListSize, int.MaxValue);
            nested.Add((list.Children[0], (int)perRow));
        }

        if (Elements.Type == ArrowType.FixedSizeBinary)
            sizes.Add(Elements.Bits / 8);
        Shape = configured.Length > 0 ? configured : column.TensorShape is { Length: > 0 } declared ? declared : [.. sizes];
        if (rules.Tensor(Type, Shape, perRow * (Elements.Bits / 8)) is { } wrong)
            throw new ArrowFormatException(wrong.Detail, wrong.Reason);
        (ElementsPerRow, Nested) = ((int)perRow, [.. nested]);
    }

    public ArrowColumn Column { get; }

    /// <summary>The innermost column, with the elements of all rows one after the other.</summary>
    public ArrowColumn Elements { get; }

    public ElementType Type { get; }

    public int[] Shape { get; }

    /// <summary>The rows of <see cref="Elements"/> per tensor.</summary>
    public int ElementsPerRow { get; }

    /// <summary>The columns inside the lists, with their rows per tensor.</summary>
    public (ArrowColumn Child, int PerRow)[] Nested { get; }

    /// <summary>Returns the column with the elements; null if the column cannot hold tensors.</summary>
    public static ArrowColumn? ElementsOf(ArrowColumn column)
    {
        while (column.Type == ArrowType.FixedSizeList)
            column = column.Children[0];
        var suits = column.DictionaryId is null
            && column is { Type: ArrowType.FloatingPoint, Bits: 32 } or { Type: ArrowType.Int, Bits: 8, IsSigned: false, DictionaryId: null } or { Type: ArrowType.FixedSizeBinary };
        return suits ? column : null;
    }
}
