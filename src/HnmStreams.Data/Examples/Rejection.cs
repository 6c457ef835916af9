namespace HnmStreams.Data.Examples;

/// <summary>The reason why a record or an example is rejected; null stands for success.</summary>
/// <param name="Reason">One of <see cref="RejectionReasons"/>, or a code of the same form: short and stable, used as the value of a metric's label.</param>
/// <param name="Detail">A sentence with the value found and the value expected.</param>
public sealed record Rejection(string Reason, string Detail)
{
    internal static Rejection Malformed(string detail) => new(RejectionReasons.Malformed, detail);

    internal static Rejection TooLarge(string what, long found, long allowed, string unit, string key) =>
        new(RejectionReasons.TooLarge, $"The {what} must have at most {allowed} {unit} (wire.{key}) but has {found}.");

    internal static Rejection WrongShape(string detail) => new(RejectionReasons.WrongShape, detail);

    internal static Rejection NotFinite(string detail) => new(RejectionReasons.NotFinite, detail);
}
