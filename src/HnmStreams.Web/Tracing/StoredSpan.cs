using System.Diagnostics;

namespace HnmStreams.Web.Tracing;

/// <summary>A finished span, as it is kept and shown. Immutable.</summary>
/// <param name="Id">The id of the span, in hexadecimal.</param>
/// <param name="ParentId">The id of its parent; null for the first span of a trace.</param>
/// <param name="Milliseconds">The duration.</param>
/// <param name="Error">The description of the error; null if the work succeeded.</param>
/// <param name="Attributes">The attributes: text, numbers and booleans.</param>
internal sealed record StoredSpan(
    string Id, string? ParentId, string Name, DateTimeOffset StartedAt, double Milliseconds, string? Error, IReadOnlyDictionary<string, object> Attributes)
{
    // An id of an example is limited by wire.maxIdBytes. Error messages are not limited.
    private const int MaxText = 512;

    public static StoredSpan Of(Activity activity) => new(
        activity.SpanId.ToHexString(),
        activity.ParentSpanId == default ? null : activity.ParentSpanId.ToHexString(),
        activity.OperationName,
        new DateTimeOffset(activity.StartTimeUtc, TimeSpan.Zero),
        activity.Duration.TotalMilliseconds,
        activity.Status == ActivityStatusCode.Error ? Shorten(activity.StatusDescription ?? "failed") : null,
        activity.TagObjects.Where(t => t.Value is not null).ToDictionary(t => t.Key, t => ValueOf(t.Value!), StringComparer.Ordinal));

    /// <summary>Returns an attribute as text; null if none exists.</summary>
    public string? Text(string attribute) => Attributes.GetValueOrDefault(attribute) as string;

    /// <summary>Returns an attribute as a whole number; null if none exists.</summary>
    public long? Whole(string attribute) => Attributes.GetValueOrDefault(attribute) is long number ? number : null;

    /// <summary>Returns an attribute as a number; null if none exists.</summary>
    public double? Number(string attribute) => Attributes.GetValueOrDefault(attribute) is double number ? number : null;

    // Only types that have a JSON form. NaN has none.
    private static object ValueOf(object value) => value switch
    {
        string text => Shorten(text),
        bool flag => flag,
        int number => (long)number,
        long number => number,
        float number when float.IsFinite(number) => (double)number,
        double number when double.IsFinite(number) => number,
        _ => Shorten(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? ""),
    };

    private static string Shorten(string text) => text.Length <= MaxText ? text : text[..MaxText] + "…";
}
