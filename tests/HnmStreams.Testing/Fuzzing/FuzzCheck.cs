using System.Runtime.CompilerServices;
using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using Xunit;

namespace HnmStreams.Testing.Fuzzing;

/// <summary>Checks of fuzz tests and fuzz targets. A failure shows the input in hexadecimal, which is formatted only then.</summary>
public static class FuzzCheck
{
    /// <summary>Loads the table of Unicode compositions, which is not part of the cost of a record. Call it before allocations are measured.</summary>
    public static void LoadTables() => new ExampleDecoder(new WireLimits()).Decode("""{"id":"a","label":"e\u0301","text":""}"""u8.ToArray(), WireFormat.Json, default);

    /// <summary>Fails if a condition does not hold for the input.</summary>
    public static void Holds(bool holds, ReadOnlySpan<byte> input, [CallerArgumentExpression(nameof(holds))] string condition = "")
    {
        if (!holds)
            Assert.Fail($"{condition}: {Convert.ToHexString(input)}");
    }

    /// <summary>Fails if this thread has allocated more than a number of bytes since <paramref name="before"/>.</summary>
    /// <param name="before">The value of <see cref="GC.GetAllocatedBytesForCurrentThread"/> before the input was read.</param>
    public static void AllocatedAtMost(long bytes, long before, ReadOnlySpan<byte> input)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > bytes)
            Assert.Fail($"{allocated} bytes were allocated, at most {bytes} are allowed: {Convert.ToHexString(input)}");
    }

    /// <summary>Fails unless the result is either an example, a deletion, or a rejection with reason and detail.</summary>
    public static void HasOneOutcome(in DecodeResult result, ReadOnlySpan<byte> input)
    {
        var outcomes = (result.Example is null ? 0 : 1) + (result.Deleted is null ? 0 : 1) + (result.Reason is null ? 0 : 1);
        Holds(outcomes == 1, input);
        Holds(result.Reason is null == result.Detail is not { Length: > 0 }, input);
        Holds(result.Reason is not "", input);
    }

    /// <summary>Fails unless the example is within the default limits.</summary>
    public static void IsValid(Example example, ReadOnlySpan<byte> input)
    {
        ArgumentNullException.ThrowIfNull(example);
        Holds(Encoding.UTF8.GetByteCount(example.Id) is > 0 and <= 256, input);
        Holds(example.Weight > 0 && example.Weight <= new WireLimits().MaxWeight, input);
        switch (example.Input)
        {
            case ExampleInput.Dense dense:
                Holds(dense.Shape.Count is > 0 and <= 8 && dense.Shape.All(static n => n > 0), input);
                Holds(dense.Shape.Aggregate(dense.Type == ElementType.UInt8 ? 1L : 4L, static (a, b) => a * b) == dense.Data.Length, input);
                break;
            case ExampleInput.Features features:
                Holds(features.Items.Count > 0 && features.Items.All(static n => n.Name.Length > 0 && double.IsFinite(n.Number)), input);
                break;
        }
    }
}
