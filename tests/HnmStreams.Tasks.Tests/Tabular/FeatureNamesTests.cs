using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Tasks.Tabular;

namespace HnmStreams.Tasks.Tests.Tabular;

public sealed class FeatureNamesTests
{
    [Fact]
    public void A_preview_shows_the_names_of_features()
    {
        using var rows = new RowBuffer();
        var task = new TabularTask(new TabularOptions());
        Assert.Null(task.Encode(Row(new("src_bytes", 235, null), new("service", 0, "http"), new("rate", -0.5, null)), rows));
        Assert.Equal("rate=-0.5  service=http  src_bytes=235", task.View(rows.Payload(0)).Text);
    }

    [Fact]
    public void Unknown_names_are_shown_as_buckets()
    {
        using var rows = new RowBuffer();
        Assert.Null(new TabularTask(new TabularOptions()).Encode(Row(new Feature("src_bytes", 235, null)), rows));
        var restarted = new TabularTask(new TabularOptions());
        Assert.Matches("^#[0-9]+=235$", restarted.View(rows.Payload(0)).Text!);
        Assert.Null(restarted.Encode(Row(new Feature("src_bytes", 1, null)), rows));
        Assert.Equal("src_bytes=235", restarted.View(rows.Payload(0)).Text);
    }

    [Fact]
    public void The_first_name_of_a_bucket_is_kept_and_names_are_bounded_in_length_and_number()
    {
        var names = new FeatureNames(1 << 20);
        names.Remember(7, new Feature(new string('n', 100), 1, null));
        names.Remember(7, new Feature("later", 1, null));
        Assert.Equal(new string('n', FeatureNames.MaxNameLength) + "…", names.Of(7));
        for (var bucket = 0; bucket < FeatureNames.MaxNames + 1_000; bucket++)
            names.Remember(bucket, new Feature("a", 0, "x"));
        Assert.Equal(FeatureNames.MaxNames, Enumerable.Range(0, 1 << 20).Count(b => names.Of((ulong)b) is not null));
        Assert.Null(names.Of(1 << 20));
    }

    private static Example Row(params Feature[] features) => new("id", new Target.ClassIndex(0), new ExampleInput.Features(features));
}
