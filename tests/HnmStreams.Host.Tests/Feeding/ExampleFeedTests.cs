using HnmStreams.Data.Examples;
using HnmStreams.Data.Sets;
using HnmStreams.Data.Synthetic;
using HnmStreams.Host.Feeding;
using HnmStreams.Host.Settings;

namespace HnmStreams.Host.Tests.Feeding;

public class ExampleFeedTests
{
    [Fact]
    public void Each_epoch_is_a_permutation_and_no_two_are_alike()
    {
        var examples = Enumerable.Range(0, 50).Select(Example).ToList();
        var epochs = ExampleFeed.Reshuffled(examples, 3, seed: 7).Select(e => e.Id).Chunk(50).ToList();
        Assert.Equal(3, epochs.Count);
        Assert.All(epochs, epoch => Assert.Equal(50, epoch.Distinct(StringComparer.Ordinal).Count()));
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.NotEqual(epochs[1], epochs[2]);
        Assert.Equal(epochs.SelectMany(e => e), ExampleFeed.Reshuffled(examples, 3, seed: 7).Select(e => e.Id));
        Assert.NotEqual(epochs.SelectMany(e => e), ExampleFeed.Reshuffled(examples, 3, seed: 8).Select(e => e.Id));
    }

    [Fact]
    public void Without_epochs_it_goes_on_and_of_nothing_it_makes_nothing()
    {
        Assert.Equal(101, ExampleFeed.Reshuffled([Example(0), Example(1)], null, 1).Take(101).Count());
        Assert.Empty(ExampleFeed.Reshuffled([], null, 1));
    }

    [Fact]
    public void The_synthetic_stream_begins_anew_with_the_same_seed()
    {
        var ids = ExampleFeed.Synthetic(new SyntheticOptions { Seed = 5 }).Examples.Take(3).Select(e => e.Id);
        Assert.Equal(["syn-0", "syn-1", "syn-2"], ids);
    }

    [Fact]
    public void A_table_is_found_by_name_under_the_data_folder_and_sent_so_many_times()
    {
        using var folder = new TemporaryFolder().With("sets/small/train.csv", "id,label,a,b\nx,1,0.5,2\ny,0,1.5,3\n");
        var folders = new DataFolders(folder.Path, folder["sets"]);
        var options = new DataOptions { Path = "small", Epochs = 2, Shuffle = false, Columns = { Id = "id" } };
        var feed = ExampleFeed.Of(folders.Open(options), options, epochsUnlessGiven: null);
        Assert.Equal(["x", "y", "x", "y"], feed.Examples.Select(e => e.Id));
    }

    [Fact]
    public void A_data_set_that_is_not_there_names_the_setting_and_where_it_was_looked_for()
    {
        using var folder = new TemporaryFolder();
        var failure = Assert.Throws<SettingsException>(() => new DataFolders(folder.Path, null).Open(new DataOptions { Path = "nowhere" })).Failures.Single();
        Assert.StartsWith("data.path = 'nowhere'", failure, StringComparison.Ordinal);
        Assert.Contains("HNM_DATA", failure, StringComparison.Ordinal);
    }

    private static Example Example(int i) => new(
        $"e{i}", new Target.ClassIndex(i % 5 == 0 ? 1 : 0), new ExampleInput.Dense(ElementType.UInt8, [28, 28], new byte[28 * 28]));
}
