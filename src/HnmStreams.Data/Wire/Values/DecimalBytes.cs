using System.Numerics;

namespace HnmStreams.Data.Wire.Values;

/// <summary>
/// Decimals as Avro and Kafka Connect encode them: the unscaled value as a big-endian two's-complement integer, and a scale in
/// the schema.
/// </summary>
internal static class DecimalBytes
{
    /// <summary>The maximum length of the unscaled value, 154 decimal digits. Longer values would cost time that grows with the square of their length.</summary>
    public const int MaxBytes = 64;

    /// <summary>The maximum absolute scale.</summary>
    public const int MaxScale = 300;

    /// <summary>Converts to the nearest double. Returns false if the value is empty or too long.</summary>
    public static bool TryConvert(ReadOnlySpan<byte> unscaled, int scale, out double value)
    {
        value = 0;
        if (unscaled.IsEmpty || unscaled.Length > MaxBytes || Math.Abs(scale) > MaxScale)
            return false;
        var number = new BigInteger(unscaled, isUnsigned: false, isBigEndian: true);
        // Up to 2^53 and 10^22 both operands are exact, so the quotient is the nearest double.
        value = scale >= 0 ? (double)number / Math.Pow(10, scale) : (double)number * Math.Pow(10, -scale);
        return double.IsFinite(value);
    }
}
