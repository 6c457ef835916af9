using System.Numerics;
using System.Runtime.InteropServices;

namespace HnmStreams.Torch.Learning.Optimizers;

/// <summary>
/// The gradient of a table of which a batch touches few rows: each touched row once, with the sum of its gradients.
/// The object is reused from step to step and allocates nothing once it has grown. One thread.
/// </summary>
/// <param name="rows">The number of rows of the table.</param>
/// <param name="width">The number of floats per row.</param>
internal sealed class RowGradient(int rows, int width)
{
    // The index of a row's sum plus one; 0 for an untouched row.
    private readonly int[] _sumIndices = new int[rows];
    private int[] _touched = new int[256];
    private float[] _sums = new float[256 * width];
    private int _count;

    public int Width => width;

    /// <summary>The touched rows, in the order of their first index.</summary>
    public ReadOnlySpan<int> Touched => _touched.AsSpan(0, _count);

    /// <summary>The sums of the touched rows, row after row.</summary>
    public ReadOnlySpan<float> Values => _sums.AsSpan(0, _count * width);

    /// <summary>Replaces the content.</summary>
    /// <inheritdoc cref="Add(ReadOnlySpan{long}, ReadOnlySpan{float})"/>
    public void Set(ReadOnlySpan<long> indices, ReadOnlySpan<float> values)
    {
        foreach (var row in Touched)
            _sumIndices[row] = 0;
        _count = 0;
        Add(indices, values);
    }

    /// <summary>Adds gradients. O(indices x width); sums in the given order, so that rounding is reproducible.</summary>
    /// <param name="indices">The rows; a row may occur several times.</param>
    /// <param name="values">One row of gradient per index.</param>
    public void Add(ReadOnlySpan<long> indices, ReadOnlySpan<float> values)
    {
        for (var i = 0; i < indices.Length; i++)
        {
            var row = checked((int)indices[i]);
            var value = values.Slice(i * width, width);
            ref var sumIndex = ref _sumIndices[row];
            if (sumIndex == 0)
            {
                sumIndex = Append(row) + 1;
                value.CopyTo(_sums.AsSpan((sumIndex - 1) * width, width));
            }
            else
            {
                Add(_sums.AsSpan((sumIndex - 1) * width, width), value);
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
