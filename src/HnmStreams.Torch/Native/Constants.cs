using System.Collections.Concurrent;
using TorchSharp;

namespace HnmStreams.Torch.Native;

/// <summary>
/// Numbers for tensor operations. TorchSharp 0.107 makes a native object of each number given to an operation and lets
/// the collector free it while the operation still reads it: on a busy machine that was seen to end in "Expected false to
/// be true" from Scalar.h, and could as well give another number. So no number is given outright, and none of the
/// operations that make one of their own is called: sums without an alpha (<c>a + b</c>; <c>a.add(b, Constants.One)</c>
/// instead), <c>square()</c> (<c>pow(Constants.Two)</c>), operators that take a number. The build refuses most of them, an
/// architecture test that reads the compiled code the rest.
/// </summary>
/// <remarks>Any thread.</remarks>
public static class Constants
{
    // By kind and bits: 1 is not 1.0, and -0.0 not 0.0.
    private static readonly ConcurrentDictionary<(bool IsWhole, long Bits), Scalar> Held = new();

    static Constants() => TorchLibrary.EnsureLoaded();

    public static Scalar Zero { get; } = Of(0L);

    public static Scalar One { get; } = Of(1L);

    public static Scalar Two { get; } = Of(2L);

    public static Scalar Half { get; } = Of(0.5);

    /// <summary>A number of the code or of the settings: made once, held for ever and never to be disposed. O(1), allocates nothing but the first time.</summary>
    public static Scalar Of(double value) =>
        Held.GetOrAdd((false, BitConverter.DoubleToInt64Bits(value)), static (_, number) => Once(number), value);

    /// <inheritdoc cref="Of(double)"/>
    public static Scalar Of(long value) => Held.GetOrAdd((true, value), static (_, number) => Once(number), value);

#pragma warning disable RS0030 // The one place that makes them.
    /// <summary>A number that changes from call to call. The caller's to dispose, by <c>using</c>, behind the operations that read it: until then it is out of the collector's reach.</summary>
    public static Scalar Once(double value)
    {
        TorchLibrary.EnsureLoaded();
        return value.ToScalar();
    }

    /// <inheritdoc cref="Once(double)"/>
    public static Scalar Once(long value)
    {
        TorchLibrary.EnsureLoaded();
        return value.ToScalar();
    }
#pragma warning restore RS0030
}
