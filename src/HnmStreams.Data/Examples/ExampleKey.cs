using System.IO.Hashing;
using System.Text;

namespace HnmStreams.Data.Examples;

/// <summary>
/// The identity of an example inside the service: 128 bits of its id (XxHash128), so that millions of residents cost
/// 16 bytes each and no string. Two ids meet by chance once in 10^19 for ten billion examples.
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
