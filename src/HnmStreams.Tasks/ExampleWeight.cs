using System.Globalization;
using HnmStreams.Data.Examples;

namespace HnmStreams.Tasks;

/// <summary>The check of an example's weight in the loss, shared by all tasks.</summary>
internal static class ExampleWeight
{
    /// <returns>Null if the weight is finite and above 0, otherwise the rejection.</returns>
    public static Rejection? Check(float weight) => float.IsFinite(weight) && weight > 0
        ? null
        : new Rejection(RejectionReasons.NotFinite, string.Create(CultureInfo.InvariantCulture, $"The weight must be a finite number above 0 but is {weight}."));
}
