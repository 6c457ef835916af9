using System.Numerics;
using System.Runtime.InteropServices;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>
/// The gradient of a table of which a batch touches few rows: each touched row once, with the sum of what it got. Kept
/// from step to step, so that a step allocates nothing once it has grown. One thread.
/// </summary>
/// <param name="rows">Of the table.</param>
/// <param name="width">Floats in a row.</param>
internal sealed class RowGradient(int rows, int width)
{
    // Where a row's sum lies, plus one; 0 for a row that is not touched.
    private readonly int[] _places = new int[rows];
    private int[] _touched = new int[256];
    private float[] _sums = new float[256 * width];
    private int _count;

    public int Width => width;

    /// <summary>In the order in which they were first touched.</summary>
    public ReadOnlySpan<int> Touched => _touched.AsSpan(0, _count);

    /// <summary>The sums of the touched rows, one behind the other.</summary>
    public ReadOnlySpan<float> Values => _sums.AsSpan(0, _count * width);

    /// <summary>Takes the place of what it held. O(indices x width), in the given order, so that rounding repeats.</summary>
    /// <param name="indices">Rows, with repeats.</param>
    /// <param name="values">A row of gradient for each index.</param>
    public void Set(ReadOnlySpan<long> indices, ReadOnlySpan<float> values)
    {
        foreach (var row in Touched)
            _places[row] = 0;
        _count = 0;
        for (var i = 0; i < indices.Length; i++)
        {
            var row = checked((int)indices[i]);
            var value = values.Slice(i * width, width);
            ref var place = ref _places[row];
            if (place == 0)
            {
                place = Append(row) + 1;
                value.CopyTo(_sums.AsSpan((place - 1) * width, width));
            }
            else
            {
                Add(_sums.AsSpan((place - 1) * width, width), value);
            }
        }
    }

    private int Append(int row)
    {
        if (_count == _touched.Length)
        {
            Array.Resize(ref _touched, 2 * _count);
            Array.Resize(ref _sums, 2 * _count * width);
        }

        _touched[_count] = row;
        return _count++;
    }

    private static void Add(Span<float> sum, ReadOnlySpan<float> value)
    {
        var sums = MemoryMarshal.Cast<float, Vector<float>>(sum);
        var values = MemoryMarshal.Cast<float, Vector<float>>(value);
        for (var i = 0; i < sums.Length; i++)
            sums[i] += values[i];
        for (var i = sums.Length * Vector<float>.Count; i < sum.Length; i++)
            sum[i] += value[i];
    }
}
