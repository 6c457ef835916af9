using HnmStreams.Host.Compare.Quality;

namespace HnmStreams.Host.Tests.Compare.Quality;

public sealed class WrongLabelsTests
{
    [Fact]
    public void Computes_precision_over_quarantined_and_recall_over_wrong_labels()
    {
        var labels = WrongLabels.Of(new HashSet<string>(["a", "b", "c", "d"], StringComparer.Ordinal), ["a", "b", "x"]);
        Assert.Equal(new WrongLabels(4, 3, 2), labels);
        Assert.Equal(2 / 3.0, labels.Precision);
        Assert.Equal(0.5, labels.Recall);
    }

    [Fact]
    public void Precision_and_recall_are_null_without_wrong_labels()
    {
        var labels = WrongLabels.Of(new HashSet<string>(StringComparer.Ordinal), []);
        Assert.Null(labels.Precision);
        Assert.Null(labels.Recall);
        Assert.Null(WrongLabels.Mean([labels, labels]));
    }

    [Fact]
    public void Averages_counts_over_seeds() =>
        Assert.Equal(new WrongLabels(3, 2, 1.5), WrongLabels.Mean([new(2, 1, 1), new(4, 3, 2)]));
}
