using HnmStreams.Tasks.Catalog;

namespace HnmStreams.Configuration.Tests;

public sealed class ConfiguredTaskTests
{
    [Fact]
    public void Rejects_a_missing_model_file_and_names_the_setting()
    {
        var error = Assert.Throws<SettingsException>(() => ConfiguredTask.Create(new TaskOptions { Model = "missing.pt" }));
        Assert.Contains("task.model = 'missing.pt': There is no such file.", error.Message, StringComparison.Ordinal);
    }
}
