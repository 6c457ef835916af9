using HnmStreams.Host.Bench.Quality;

namespace HnmStreams.Host.Tests.Bench.Quality;

public sealed class WrongLabelsTests
{
    [Fact]
    public void Precision_is_of_what_was_set_aside_and_recall_of_what_is_wrong()
    {
        var labels = WrongLabels.Of(new HashSet<string>(["a", "b", "c", "d"], StringComparer.Ordinal), ["a", "b", "x"]);
        Assert.Equal(new WrongLabels(4, 3, 2), labels);
        Assert.Equal(2 / 3.0, labels.Precision);
        Assert.Equal(0.5, labels.Recall);
    }

    [Fact]
    public void Where_there_is_nothing_to_divide_by_there_is_no_figure()
    {
        var labels = WrongLabels.Of(new HashSet<string>(StringComparer.Ordinal), []);
        Assert.Null(labels.Precision);
        Assert.Null(labels.Recall);
        Assert.Null(WrongLabels.Mean([labels, labels]));
    }

    [Fact]
    public void Seeds_are_pooled_by_their_counts() =>
        Assert.Equal(new WrongLabels(3, 2, 1.5), WrongLabels.Mean([new(2, 1, 1), new(4, 3, 2)]));
}
