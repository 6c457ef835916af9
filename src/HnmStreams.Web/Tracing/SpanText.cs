using System.Globalization;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Tracing;

/// <summary>One sentence per span: what happened to the record. Pure.</summary>
internal static class SpanText
{
    /// <summary>Returns the name of a step of the journey.</summary>
    public static string Step(StoredSpan span) => span.Name switch
    {
        "hnm.produce" => "produce",
        StoredTrace.Consume => "consume",
        "hnm.batch" => "batch",
        "hnm.score" => "score",
        StoredTrace.Rank => "rank",
        StoredTrace.Train => "train",
        StoredTrace.Publish => "publish",
        "hnm.pool.leave" => "leave",
        var name => name,
    };

    public static string Of(StoredSpan span) => span.Error is { } error ? $"failed: {error}" : span.Name switch
    {
        "hnm.produce" => $"sent to {span.Text("messaging.destination.name")}",
        StoredTrace.Consume => $"read from partition {span.Text("messaging.destination.partition.id")}, offset {span.Whole("messaging.kafka.offset")}",
        "hnm.batch" => $"in mini-batch {Count(span, "hnm.batch.number")} of {Count(span, "hnm.batch.examples")} examples",
        "hnm.score" => $"scored by model version {Count(span, "hnm.model.version")}",
        StoredTrace.Rank => Rank(span),
        StoredTrace.Train => $"step {Count(span, "hnm.train.step")}: {Origin(span.Text("hnm.train.origin"))}{(span.Number("hnm.hardness") is { } loss ? $", hardness {Digits(loss)} before the step" : "")}",
        StoredTrace.Publish => $"first contained in model version {Count(span, "hnm.model.version")}",
        "hnm.pool.leave" => "left the pool",
        _ => string.Join(", ", span.Attributes.Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.Key} {a.Value}"))),
    };

    private static string Rank(StoredSpan span)
    {
        var hardness = span.Number("hnm.hardness") is { } value ? $" (hardness {Digits(value)}{(span.Number("hnm.pool.threshold") is { } threshold ? $", threshold {Digits(threshold)}" : "")})" : "";
        return $"{span.Text("hnm.rank.outcome")}: {span.Text("hnm.rank.reason")}{hardness}";
    }

    private static string Origin(string? origin) => origin switch
    {
        "new" => "a new positive",
        "positive" => "a kept positive",
        "hard" => "a hard negative from the pool",
        "mined" => "a negative near its group",
        "random" => "a random example from the reservoir",
        _ => "used",
    };

    private static string Count(StoredSpan span, string attribute) => span.Whole(attribute) is { } value ? Numbers.Count(value) : Numbers.None;

    private static string Digits(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
