using HnmStreams.Data.Examples;
using HnmStreams.Tasks.Labels;

namespace HnmStreams.Tasks.Tests.Labels;

public sealed class TargetReaderTests
{
    private static readonly string[] Names = ["shirt", "coat", "7"];

    [Theory]
    [InlineData("6", 6, 1)]
    [InlineData("6", 5, 0)]
    [InlineData("shirt", 0, 0)]
    public void Without_names_the_positive_is_found_by_index(string positive, int index, int expected) =>
        Assert.Equal(expected, Read(new TargetReader(positive, []), new Target.ClassIndex(index)));

    [Theory]
    [InlineData("6", "6", 1)]
    [InlineData("6", "06", 0)]
    [InlineData("shirt", "shirt", 1)]
    [InlineData("shirt", "Shirt", 0)]
    public void Without_names_the_positive_is_found_by_name(string positive, string name, int expected) =>
        Assert.Equal(expected, Read(new TargetReader(positive, []), new Target.Label(name)));

    [Theory]
    [InlineData("coat")]
    [InlineData("1")]
    public void With_names_index_and_name_denote_the_same_class(string positive)
    {
        var reader = new TargetReader(positive, Names);
        Assert.Equal(1, Read(reader, new Target.Label("coat")));
        Assert.Equal(1, Read(reader, new Target.ClassIndex(1)));
        Assert.Equal(0, Read(reader, new Target.Label("shirt")));
        Assert.Equal(0, Read(reader, new Target.ClassIndex(2)));
    }

    [Fact]
    public void The_names_that_people_see_are_accepted()
    {
        foreach (var reader in (TargetReader[])[new("coat", Names), new("coat", []), new(null, Names)])
            Assert.All(Enumerable.Range(0, reader.Width == 1 ? 2 : 3), label => Assert.Equal(label, Read(reader, new Target.Label(reader.NameOf(label)))));
    }

    [Fact]
    public void A_name_that_looks_like_an_index_is_a_name() =>
        Assert.Equal(1, Read(new TargetReader("7", Names), new Target.ClassIndex(2)));

    [Fact]
    public void Several_classes_are_labeled_by_index()
    {
        var reader = new TargetReader(null, Names);
        Assert.Equal(3, reader.Width);
        Assert.Equal(2, Read(reader, new Target.ClassIndex(2)));
        Assert.Equal(1, Read(reader, new Target.Label("coat")));
    }

    [Fact]
    public void The_label_of_no_class_is_after_the_last_class()
    {
        var reader = new TargetReader(null, Names, "none");
        Assert.Equal(3, Read(reader, new Target.Label("none")));
        Assert.Equal(("none", 3), (reader.NameOf(3), reader.Width));
        Assert.True(reader.IsUnknown(new Target.Label("none")));
        Assert.False(reader.IsUnknown(new Target.Label("coat")));
        Assert.Contains("or none", reader.Read(new Target.Label("hat"), out _)!.Detail, StringComparison.Ordinal);
        Assert.Equal("unknown-label", reader.Read(new Target.ClassIndex(3), out _)?.Reason);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("coat")]
    public void Rejects_an_unknown_class(string? positive)
    {
        var reader = new TargetReader(positive, Names);
        Assert.Equal("unknown-label", reader.Read(new Target.ClassIndex(3), out _)?.Reason);
        Assert.Equal("unknown-label", reader.Read(new Target.ClassIndex(-1), out _)?.Reason);
        Assert.Equal("unknown-label", reader.Read(new Target.Label("hat"), out _)?.Reason);
    }

    [Theory]
    [InlineData(null, new string[0])]
    [InlineData(null, new[] { "a" })]
    [InlineData(null, new[] { "a", "a" })]
    [InlineData("", new string[0])]
    [InlineData("c", new[] { "a", "b" })]
    [InlineData("2", new[] { "a", "b" })]
    public void Rejects_contradictory_settings(string? positive, string[] labels)
    {
        Assert.NotNull(TargetReader.Problem(positive, labels));
        Assert.Throws<ArgumentException>(() => new TargetReader(positive, labels));
    }

    private static int Read(TargetReader reader, Target target)
    {
        Assert.Null(reader.Read(target, out var label));
        return label;
    }
}
