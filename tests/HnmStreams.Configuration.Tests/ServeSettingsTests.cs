using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Wire;

namespace HnmStreams.Configuration.Tests;

public sealed class ServeSettingsTests
{
    [Theory]
    [InlineData(null, "'models.folder' must be the folder that another process saves its models in, but is not set.")]
    [InlineData("nowhere", "'models.folder' must be a folder that exists but is '")]
    public void The_folder_of_models_must_exist(string? folder, string failure)
    {
        var options = new HnmOptions();
        options.Models.Folder = folder;
        Assert.Contains(failure, Assert.Throws<SettingsException>(() => ServeSettings.Folder(options, AppContext.BaseDirectory)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_folder_of_models_is_relative_to_the_working_folder()
    {
        var options = new HnmOptions();
        options.Models.Folder = ".";
        Assert.Equal(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory), Path.TrimEndingDirectorySeparator(ServeSettings.Folder(options, AppContext.BaseDirectory)));
    }

    [Theory]
    [InlineData(null, "hnm-serve")]
    [InlineData("fast", "fast")]
    public void The_stream_has_a_group_of_its_own(string? group, string expected)
    {
        var options = WithStream(group);
        var stream = ServeSettings.Stream(options, ConfiguredTask.Create(options.Task))!;
        Assert.Equal((expected, "p", "hnm"), (stream.GroupId, stream.PredictionsTopic, options.Kafka.GroupId));
    }

    [Fact]
    public void Without_a_broker_there_is_no_stream()
    {
        var options = WithStream(group: null);
        options.Kafka.BootstrapServers = " ";
        Assert.Null(ServeSettings.Stream(options, ConfiguredTask.Create(options.Task)));
    }

    [Theory]
    [InlineData("hnm", "p", LabelMode.Later, "'serve.groupId' must differ from 'kafka.groupId' but is 'hnm' as well")]
    [InlineData(null, null, LabelMode.Later, "'kafka.predictionsTopic' must be set")]
    [InlineData(null, "p", LabelMode.Inline, "kafka.predictionsTopic = p: requires labels.mode later or mixed")]
    public void Incomplete_settings_of_the_stream_are_named(string? group, string? topic, LabelMode mode, string failure)
    {
        var options = WithStream(group);
        (options.Kafka.PredictionsTopic, options.Labels.Mode) = (topic, mode);
        Assert.Contains(failure, Assert.Throws<SettingsException>(() => ServeSettings.Stream(options, ConfiguredTask.Create(options.Task))).Message, StringComparison.Ordinal);
    }

    private static HnmOptions WithStream(string? group)
    {
        var options = new HnmOptions();
        (options.Task.Name, options.Labels.Mode, options.Serve.GroupId) = ("tabular", LabelMode.Later, group);
        (options.Kafka.BootstrapServers, options.Kafka.PredictionsTopic) = ("broker:9092", "p");
        return options;
    }
}
