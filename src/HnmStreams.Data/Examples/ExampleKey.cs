using System.IO.Hashing;
using System.Text;

namespace HnmStreams.Data.Examples;

/// <summary>
/// The 128-bit hash of an example's id (XxHash128), which identifies the example inside the service at 16 bytes and without a
/// string. The probability of a collision among ten billion examples is about 10^-19.
/// </summary>
public readonly record struct ExampleKey(UInt128 Value)
{
    public static ExampleKey Of(ReadOnlySpan<byte> utf8Id) => new(XxHash128.HashToUInt128(utf8Id));

    public static ExampleKey Of(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(Math.Min(id.Length, 1024))];
        return id.Length <= 1024
            ? Of(utf8[..Encoding.UTF8.GetBytes(id, utf8)])
            : Of(Encoding.UTF8.GetBytes(id));
    }

    public override string ToString() => Value.ToString("x32", null);
}
