using HnmStreams.Tasks.Catalog;

namespace HnmStreams.Configuration.Tests;

public sealed class ConfiguredTaskTests
{
    [Fact]
    public void A_model_that_does_not_fit_stops_the_start_and_its_key_is_named()
    {
        var error = Assert.Throws<SettingsException>(() => ConfiguredTask.Create(new TaskOptions { Model = "nowhere.pt" }));
        Assert.Contains("task.model = 'nowhere.pt': There is no such file.", error.Message, StringComparison.Ordinal);
    }
}
