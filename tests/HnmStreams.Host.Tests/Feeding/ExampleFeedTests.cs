using HnmStreams.Configuration;
using HnmStreams.Data.Options;
using HnmStreams.Data.Sets;
using HnmStreams.Data.Synthetic;
using HnmStreams.Host.Feeding;
using HnmStreams.Testing;

namespace HnmStreams.Host.Tests.Feeding;

public class ExampleFeedTests
{
    [Fact]
    public void The_synthetic_stream_starts_from_its_beginning()
    {
        var ids = ExampleFeed.Synthetic(new SyntheticOptions { Seed = 5 }).Examples.Take(3).Select(e => e.Example.Id);
        Assert.Equal(["syn-0", "syn-1", "syn-2"], ids);
    }

    [Fact]
    public void The_synthetic_stream_reports_the_true_class_if_labels_are_flipped()
    {
        Assert.Null(ExampleFeed.Synthetic(new SyntheticOptions()).Examples.First().Truth);
        var wrong = ExampleFeed.Synthetic(new SyntheticOptions { WrongLabelRate = 0.25, PositiveRate = 0.5 }).Examples.Take(1_000)
            .Count(e => e.Truth != TargetName.Of(e.Example.Target));
        // Binomial: five standard deviations of 13.7.
        Assert.InRange(wrong, 181, 319);
    }

    [Fact]
    public void Finds_a_table_in_the_data_folder_and_sends_it_once_per_epoch()
    {
        using var folder = new TemporaryFolder().With("sets/small/train.csv", "id,label,a,b\nx,1,0.5,2\ny,0,1.5,3\n");
        var folders = new DataFolders(folder.Path, folder["sets"]);
        var options = new DataOptions { Path = "small", Epochs = 2, Shuffle = false, Columns = { Id = "id" } };
        var feed = ExampleFeed.Of(folders.Open(options), options, defaultEpochs: null);
        Assert.Equal(["x", "y", "x", "y"], feed.Examples.Select(e => e.Example.Id));
    }

    [Fact]
    public void A_missing_data_set_names_the_setting_and_the_searched_folders()
    {
        using var folder = new TemporaryFolder();
        var failure = Assert.Throws<SettingsException>(() => new DataFolders(folder.Path, null).Open(new DataOptions { Path = "missing" })).Failures.Single();
        Assert.StartsWith("'data.path' must be an existing file or folder but is 'missing'", failure, StringComparison.Ordinal);
        Assert.Contains("HNM_DATA", failure, StringComparison.Ordinal);
    }
}
