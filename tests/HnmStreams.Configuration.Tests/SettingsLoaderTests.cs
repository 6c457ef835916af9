using HnmStreams.Configuration.Sections;

namespace HnmStreams.Configuration.Tests;

public class SettingsLoaderTests
{
    [Fact]
    public void Each_layer_overrides_the_layers_below_it()
    {
        using var folder = new SettingsFolder()
            .With("config/hnm.json", """{ "taskFile": "tasks/a.json", "kafka": { "topic": "main", "groupId": "main", "deadLetterTopic": "main" }, "pipeline": { "batching": { "size": 1 }, "pool": { "count": 1 } } }""")
            .With("config/tasks/a.json", """{ "kafka": { "groupId": "task", "deadLetterTopic": "task" }, "pipeline": { "batching": { "size": 2 }, "pool": { "count": 2 } } }""")
            .With("mine.json", """{ "kafka": { "deadLetterTopic": "mine" }, "pipeline": { "batching": { "size": 3 }, "pool": { "count": 3 } } }""")
            .WithVariable("HNM__Pipeline__Batching__Size", "4")
            .WithVariable("HNM__pipeline__pool__count", "4");
        var options = folder.Load("mine.json", ["pipeline.pool.count=5", "run.limit=5"], ("run.limit", "6")).Options;
        Assert.Equal("main", options.Kafka.Topic);
        Assert.Equal("task", options.Kafka.GroupId);
        Assert.Equal("mine", options.Kafka.DeadLetterTopic);
        Assert.Equal(4, options.Pipeline.Batching.Size);
        Assert.Equal(5, options.Pipeline.Pool.Count);
        Assert.Equal(6, options.Run.Limit);
    }

    [Fact]
    public void A_file_with_a_task_section_replaces_the_default_task_file()
    {
        using var folder = new SettingsFolder()
            .With("config/hnm.json", """{ "taskFile": "tasks/a.json" }""")
            .With("config/tasks/a.json", """{ "task": { "images": { "positive": "1" } }, "data": { "rate": 5 } }""")
            .With("config/tasks/b.json", """{ "task": { "images": { "positive": "2" } } }""")
            .With("tuning.json", """{ "run": { "limit": 9 } }""");
        Assert.Null(folder.Load("config/tasks/b.json").Options.Data.Rate);
        Assert.Equal("2", folder.Load("config/tasks/b.json").Options.Task.Images.Positive);
        Assert.Equal("1", folder.Load("tuning.json").Options.Task.Images.Positive);
        Assert.Equal("2", folder.Load(null, ["taskFile=config/tasks/b.json"]).Options.Task.Images.Positive);
    }

    [Theory]
    [InlineData(",")]
    [InlineData("#")]
    [InlineData("\t")]
    public void A_setting_of_one_character_can_be_any_character(string delimiter) =>
        Assert.Equal(delimiter[0], new SettingsFolder().Load(null, [$"data.table.delimiter={delimiter}"]).Options.Data.Table.Delimiter);

    [Fact]
    public void Uses_the_defaults_without_a_file()
    {
        using var folder = new SettingsFolder();
        var settings = folder.Load();
        Assert.Empty(settings.Given);
        Assert.Equal(new HnmOptions().Kafka.Topic, settings.Options.Kafka.Topic);
    }

    [Fact]
    public void Finds_the_default_file_in_the_program_folder()
    {
        using var folder = new SettingsFolder().With("program/config/hnm.json", """{ "kafka": { "topic": "from-program" } }""");
        Assert.Equal("from-program", folder.Load().Options.Kafka.Topic);
    }

    [Fact]
    public void An_empty_variable_unsets_an_optional_value()
    {
        using var folder = new SettingsFolder()
            .With("config/hnm.json", """{ "kafka": { "bootstrapServers": "a:1" }, "run": { "limit": 3 } }""")
            .WithVariable("HNM__Kafka__BootstrapServers", "")
            .WithVariable("HNM__Run__Limit", "");
        var options = folder.Load().Options;
        Assert.Null(options.Kafka.BootstrapServers);
        Assert.Null(options.Run.Limit);
    }

    [Fact]
    public void A_list_of_a_higher_layer_replaces_the_whole_list()
    {
        using var folder = new SettingsFolder()
            .With("config/hnm.json", """{ "task": { "images": { "positive": null, "labels": ["a", "b", "c"] } } }""")
            .With("mine.json", """{ "task": { "images": { "labels": ["x", "y"] } } }""");
        Assert.Equal(["x", "y"], folder.Load("mine.json").Options.Task.Images.Labels);
        Assert.Equal(["p", "q"], folder.Load("mine.json", ["task.images.labels=p, q"]).Options.Task.Images.Labels);
    }

    [Fact]
    public void Client_keys_keep_their_dots_in_every_layer()
    {
        using var folder = new SettingsFolder()
            .With("config/hnm.json", """{ "kafka": { "client": { "sasl.username": "u", "ssl": { "ca": { "location": "ca.pem" } } } } }""")
            .WithVariable("HNM__Kafka__Client__sasl__mechanism", "PLAIN");
        var client = folder.Load(null, ["kafka.client.security.protocol=sasl_ssl"]).Options.Kafka.Client;
        Assert.Equal("u", client["sasl.username"]);
        Assert.Equal("ca.pem", client["ssl.ca.location"]);
        Assert.Equal("PLAIN", client["sasl.mechanism"]);
        Assert.Equal("sasl_ssl", client["security.protocol"]);
    }

    [Fact]
    public void The_consumers_record_limit_defaults_to_that_of_the_decoder()
    {
        using var folder = new SettingsFolder();
        Assert.Equal(5_000_000, folder.Load(null, ["wire.maxRecordBytes=5000000"]).Options.Consuming.MaxRecordBytes);
        Assert.Equal(2_000, folder.Load(null, ["wire.maxRecordBytes=5000000", "consuming.maxRecordBytes=2000"]).Options.Consuming.MaxRecordBytes);
    }

    [Fact]
    public void Every_shipped_file_is_valid()
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, "config");
        string[] files = [Path.Combine(shipped, "hnm.json"), .. Directory.GetFiles(Path.Combine(shipped, "tasks"), "*.json")];
        Assert.True(files.Length >= 3, "the default, the synthetic task and one more");
        var loader = new SettingsLoader(new ConfigFiles(AppContext.BaseDirectory, AppContext.BaseDirectory), new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.All(files, file => Assert.NotEmpty(loader.Load(new SettingsRequest(file)).Given));
    }
}
