using TorchSharp;

namespace HnmStreams.Torch.Native;

/// <summary>
/// Numbers that tensor operations of every pass take, made once and never let go. TorchSharp 0.107 makes a native object
/// of each number given to an operation and lets the collector free it while the operation still reads it: on a busy
/// machine that was seen to end in "Expected false to be true" from Scalar.h, and could as well give another number. Sums
/// are no exception: where no alpha is given, it makes one. So give it: <c>a.add(b, Constants.One)</c>.
/// </summary>
internal static class Constants
{
    static Constants() => TorchLibrary.EnsureLoaded();

    public static Scalar Zero { get; } = Make(0L);

    public static Scalar One { get; } = Make(1L);

    public static Scalar Two { get; } = Make(2L);

    public static Scalar Half { get; } = Make(0.5);

    public static Scalar Of(double value) => Make(value);

    public static Scalar Of(long value) => Make(value);

    private static Scalar Make(double value)
    {
        TorchLibrary.EnsureLoaded();
        return value.ToScalar();
    }

    private static Scalar Make(long value)
    {
        TorchLibrary.EnsureLoaded();
        return value.ToScalar();
    }
}
