using System.Text;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Evaluating;
using HnmStreams.Pipeline.Ranking.Inspection;
using HnmStreams.Tasks;
using HnmStreams.Web.Api.Responses;

namespace HnmStreams.Web.Tests.Api.Responses;

public sealed class FeatureTableTests
{
    [Fact]
    public void The_table_has_the_features_of_two_neighbors_per_side()
    {
        var table = FeatureTable.Of(Explain("a=1 b=x", ["a=2", "b=y", "c=3"], ["c=4"]), new Words())!;
        Assert.Equal(["self", "0", "1", "0"], table.Columns);
        Assert.Equal(["a", "b", "c"], table.Rows.Select(r => r.Name));
        Assert.Equal(["1", "2", null, null], table.Rows[0].Values);
        Assert.Equal([null, null, null, "4"], table.Rows[2].Values);
    }

    [Fact]
    public void A_task_without_features_has_no_table() => Assert.Null(FeatureTable.Of(Explain("", [], []), new Words()));

    private static Explanation Explain(string own, string[] positives, string[] negatives)
    {
        var origin = new Origin("t", 0, 1);
        var candidate = new Candidate("self", 0, CandidateLocation.Pool, 0, origin, [], Detail: new CandidateDetail(1, Encoding.UTF8.GetBytes(own), false, ""));
        return new Explanation(candidate, 1, [0], 1, Near(positives), Near(negatives), 3);

        NearExample[] Near(string[] payloads) => [.. payloads.Select((p, i) => new NearExample($"{i}", 0, 0.5, origin, Encoding.UTF8.GetBytes(p)))];
    }

    private sealed class Words : IRowPreviews
    {
        public RowPreview View(ReadOnlySpan<byte> payload) => RowPreview.OfText("");

        public string LabelName(int label) => "";

        public IReadOnlyList<RowFeature>? Features(ReadOnlySpan<byte> payload) => payload.IsEmpty ? null
            : [.. Encoding.UTF8.GetString(payload).Split(' ').Select(pair => pair.Split('=')).Select(pair => new RowFeature(pair[0], pair[1]))];
    }
}
