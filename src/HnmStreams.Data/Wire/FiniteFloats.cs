using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace HnmStreams.Data.Wire;

/// <summary>A search for NaN and infinities in little-endian IEEE 754 floats of any alignment.</summary>
internal static class FiniteFloats
{
    /// <summary>An exponent of all ones marks NaN and infinities, and only these.</summary>
    private const uint Exponent = 0x7F80_0000;

    /// <returns>The index of the first float that is not finite, or -1. O(n), vectorized.</returns>
    public static int IndexOfNotFinite(ReadOnlySpan<byte> float32)
    {
        var index = 0;
        if (BitConverter.IsLittleEndian)
        {
            var exponent = new Vector<uint>(Exponent);
            foreach (var bits in MemoryMarshal.Cast<byte, Vector<uint>>(float32))
            {
                if (Vector.EqualsAny(bits & exponent, exponent))
                    break;
                index += Vector<uint>.Count;
            }
        }

        for (; index < float32.Length / sizeof(float); index++)
        {
            if ((BinaryPrimitives.ReadUInt32LittleEndian(float32[(index * sizeof(float))..]) & Exponent) == Exponent)
                return index;
        }

        return -1;
    }
}
