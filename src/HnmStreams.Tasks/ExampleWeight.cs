using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Torch;

namespace HnmStreams.Tasks;

/// <summary>What every task asks of an example's weight in the loss.</summary>
internal static class ExampleWeight
{
    /// <returns>Null where it is finite and above 0.</returns>
    public static Refusal? Check(Example example) => float.IsFinite(example.Weight) && example.Weight > 0
        ? null
        : new Refusal("not-finite", string.Create(CultureInfo.InvariantCulture, $"The weight is {example.Weight}; a finite number above 0 is expected."));
}
