using System.Collections.Concurrent;
using TorchSharp;

namespace HnmStreams.Torch.Native;

/// <summary>
/// Numbers for tensor operations, kept out of the garbage collector's reach. TorchSharp 0.107 wraps each number that
/// is passed to an operation in a native object and lets the collector free it while the operation still reads it. On
/// a busy machine this ended in "Expected false to be true" from Scalar.h; it could as well yield another number.
/// Therefore no number is passed directly, and no operation is called that makes one itself: sums without an alpha
/// (<c>a + b</c>; use <c>a.add(b, Constants.One)</c>), <c>square()</c> (use <c>pow(Constants.Two)</c>), and operators
/// that take a number. The build refuses most of them; an architecture test that reads the compiled code finds the
/// rest.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public static class Constants
{
    // The key holds the kind and the bits: 1 is not 1.0, and -0.0 is not 0.0.
    private static readonly ConcurrentDictionary<(bool IsWhole, long Bits), Scalar> Cache = new();

    static Constants() => TorchLibrary.EnsureLoaded();

    public static Scalar Zero { get; } = Of(0L);

    public static Scalar One { get; } = Of(1L);

    public static Scalar Two { get; } = Of(2L);

    public static Scalar Half { get; } = Of(0.5);

    /// <summary>
    /// Returns the native object of a number from the code or the settings. It is created once and never disposed.
    /// O(1); allocates only on first use.
    /// </summary>
    public static Scalar Of(double value) =>
        Cache.GetOrAdd((false, BitConverter.DoubleToInt64Bits(value)), static (_, number) => Once(number), value);

    /// <inheritdoc cref="Of(double)"/>
    public static Scalar Of(long value) => Cache.GetOrAdd((true, value), static (_, number) => Once(number), value);

#pragma warning disable RS0030 // The only place that creates them.
    /// <summary>
    /// Creates the native object of a number that changes from call to call. The caller disposes it with <c>using</c>
    /// after the operations that read it.
    /// </summary>
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
