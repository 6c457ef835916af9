using System.Globalization;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Web.Formatting;

namespace HnmStreams.Web.Api.Responses;

/// <summary>The answer of <c>GET /api/hard-negatives</c>, hardest first.</summary>
/// <param name="Top">The number of hardest negatives that were searched.</param>
/// <param name="At">The time of the answer.</param>
/// <param name="Labels">The names of their labels, in order; not limited by a filter.</param>
internal sealed record HardNegativesResponse(int Top, DateTimeOffset At, IReadOnlyList<string> Labels, IReadOnlyList<HardNegativeResponse> Items)
{
    private static readonly string[] Header = ["id", "region", "label", "hardness", "modelVersion", "ageInVersions", "uses", "topic", "partition", "offset"];

    public static HardNegativesResponse Of(int top, DateTimeOffset at, IReadOnlyList<Candidate> items, Func<int, string> label)
    {
        HardNegativeResponse[] all = [.. items.Select(item => HardNegativeResponse.Of(item, label))];
        return new(top, at, [.. all.Select(item => item.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], all);
    }

    public string ToCsv() => CsvText.Of(Header, Items.Select(i =>
        (IReadOnlyList<object?>)[i.Id, i.Region, i.Label, i.Hardness, i.ModelVersion, i.AgeInVersions, i.Uses, i.Origin.Topic, i.Origin.Partition, i.Origin.Offset]));
}

/// <summary>A hard negative of the pool.</summary>
/// <param name="Region">Index of the region in its example; 0 is the whole example.</param>
/// <param name="Label">The name of the label.</param>
/// <param name="ModelVersion">Model version of the last score.</param>
/// <param name="AgeInVersions">Versions since the last score.</param>
/// <param name="Uses">Training steps it took part in.</param>
/// <param name="Losses">Losses of its last visits, oldest first; empty before the first visit.</param>
internal sealed record HardNegativeResponse(
    string Id, int Region, string Label, double? Hardness, long ModelVersion, long AgeInVersions, int Uses, OriginResponse Origin, IReadOnlyList<LossResponse> Losses)
{
    public static HardNegativeResponse Of(Candidate negative, Func<int, string> label) => new(
        negative.Id,
        negative.Region,
        label(negative.Label),
        Finite.OrNull(negative.Pool!.Hardness),
        negative.Pool.ModelVersion,
        negative.Pool.AgeInVersions,
        negative.Pool.Uses,
        OriginResponse.Of(negative.Origin),
        LossResponse.Of(negative.Losses));
}

/// <summary>The record that an example came from.</summary>
internal sealed record OriginResponse(string Topic, int Partition, long Offset)
{
    public static OriginResponse Of(Origin origin) => new(origin.Topic, origin.Partition, origin.Offset);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Topic}[{Partition}]@{Offset}");
}

/// <summary>The loss of a candidate under one model version.</summary>
internal sealed record LossResponse(long ModelVersion, double? Loss)
{
    public static IReadOnlyList<LossResponse> Of(IReadOnlyList<LossRecord> losses) => [.. losses.Select(l => new LossResponse(l.ModelVersion, Finite.OrNull(l.Loss)))];
}
