namespace HnmStreams.Configuration.Tests;

public class SettingsFailureTests
{
    [Fact]
    public void All_failures_are_listed_with_key_value_origin_and_what_is_allowed()
    {
        using var folder = new SettingsFolder()
            .With("config/hnm.json", """{ "pipeline": { "scoring": { "share": 1.5 } }, "telemetry": { "logLevel": "loud" } }""")
            .WithVariable("HNM__Pipeline__Pool__Count", "many");
        var failures = folder.Failures(null, "data.shuffle=perhaps", "run.from=soon");
        Assert.Equal(5, failures.Count);
        Assert.Contains("pipeline.scoring.share = 1.5 (hnm.json): allowed is a number, 0 to 1", failures);
        Assert.Contains(failures, f => f.StartsWith("pipeline.pool.count = 'many' (environment): allowed is a whole number, 1 to ", StringComparison.Ordinal));
        Assert.Contains("data.shuffle = 'perhaps' (--set): allowed is true or false", failures);
        Assert.Contains("telemetry.logLevel = 'loud' (hnm.json): allowed is one of trace, debug, information, warning, error, critical, none", failures);
        Assert.Contains(failures, f => f.StartsWith("run.from = 'soon' (--set): allowed is earliest, latest, an offset", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("pipeline.scoring.shrae=1", "pipeline.scoring.shrae (--set): unknown key; did you mean pipeline.scoring.share?")]
    [InlineData("heldOutShare=0.1", "heldOutShare (--set): unknown key; did you mean pipeline.evaluation.heldOutShare?")]
    [InlineData("something.else=1", "something (--set): unknown key")]
    [InlineData("run.limit.more=1", "run.limit.more = '1' (--set): no such key; run.limit is one value, a whole number, 1 or more")]
    public void An_unknown_key_is_named_and_the_nearest_one_suggested(string set, string failure)
    {
        using var folder = new SettingsFolder();
        Assert.Equal([failure], folder.Failures(null, set));
    }

    [Theory]
    [InlineData("run.for=5", "run.for = '5' (--set): allowed is a duration, 1ms to 3650d")]
    [InlineData("run.limit=1e3", "run.limit = '1e3' (--set): allowed is a whole number, 1 or more")]
    [InlineData("run.limit=0", "run.limit = 0 (--set): allowed is a whole number, 1 or more")]
    [InlineData("run.display=loud", "run.display = 'loud' (--set): allowed is one of auto, live, plain, none")]
    [InlineData("pipeline.pool=4", "pipeline.pool = '4' (--set): this is a section; its keys are ")]
    [InlineData("http.urls=https://127.0.0.1", "http.urls = 'https://127.0.0.1' (--set): allowed is off, or addresses such as http://127.0.0.1:8088 (port 0: any free one), separated by semicolons")]
    [InlineData("data.rate=NaN", "data.rate = NaN (--set): allowed is a number, 0.001 to 1000000000")]
    [InlineData("run.init=missing.safetensors", "run.init = 'missing.safetensors' (--set): allowed is a safetensors file that exists")]
    [InlineData("noequals", "--set noequals: allowed is key=value, such as --set pipeline.scoring.share=0.5")]
    public void A_value_that_is_not_allowed_stops_the_start(string set, string failure)
    {
        using var folder = new SettingsFolder();
        Assert.StartsWith(failure, Assert.Single(folder.Failures(null, set)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data.format=parquet", "data.format = 'parquet' (--set): allowed is one of auto, idx, images, csv, tsv, jsonl, examples, voc, beir")]
    [InlineData("data.downsampling.spam=2", "data.downsampling = { spam: 2 } (--set): 'spam' must be a share above 0 and below 1, such as 0.01, but is '2'")]
    [InlineData("data.labels.negative=ham", "data.labels.negative = [ham] (--set): labels.negative requires labels.positive, which is not set: set both or neither")]
    [InlineData("data.split.share=1", "data.split.share = 1 (--set): allowed is a number")]
    [InlineData("data.split.testLabels=a", "data.split.testLabels = [a] (--set): split.testLabels requires split.by = label, but split.by is 'Auto'")]
    [InlineData("data.drift.flips.spam=half", "data.drift.flips = { spam: half } (--set): 'spam' must be the share of wrong labels in the class from 0 to 1, such as 0.05, but is 'half'")]
    [InlineData("data.drift.appears.spam=0.5", "data.drift.appears = { spam: 0.5 } (--set): 'spam' must be the number of examples sent before the class appears, a whole number above 0, but is '0.5'")]
    [InlineData("data.drift.rates.spam=-1", "data.drift.rates = { spam: -1 } (--set): 'spam' must be a share of the stream from 0 to 1, such as 0.05, but is '-1'")]
    public void What_is_said_of_the_data_is_checked_before_the_data_are_read(string set, string failure)
    {
        using var folder = new SettingsFolder();
        Assert.StartsWith(failure, Assert.Single(folder.Failures(null, "data.path=mails.tsv", set)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_synthetic_stream_has_its_own_drift()
    {
        using var folder = new SettingsFolder();
        Assert.StartsWith("data.drift = { … } (--set): the synthetic stream drifts by itself", Assert.Single(folder.Failures(null, "data.drift.flips.1=0.1")), StringComparison.Ordinal);
    }

    [Fact]
    public void Null_is_refused_where_there_must_be_a_value()
    {
        using var folder = new SettingsFolder().With("config/hnm.json", """{ "kafka": { "topic": null }, "run": { "limit": null } }""");
        Assert.StartsWith("kafka.topic = nothing (hnm.json)", Assert.Single(folder.Failures()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_JSON_is_named()
    {
        using var folder = new SettingsFolder().With("config/hnm.json", "{ \"kafka\": ");
        Assert.Contains("hnm.json", Assert.Single(folder.Failures()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere.json", "--config nowhere.json: no such file")]
    [InlineData("bad.json", "taskFile = 'nowhere.json' (bad.json): no such file beside it")]
    public void A_file_that_is_not_there_is_named(string config, string failure)
    {
        using var folder = new SettingsFolder().With("bad.json", """{ "taskFile": "nowhere.json" }""");
        Assert.StartsWith(failure, Assert.Single(folder.Failures(config)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_never_shows_a_secret()
    {
        using var folder = new SettingsFolder();
        var failures = folder.Failures(null, "telemetry.password=hush", "telemetry.otlpEndpoint=//user:hush@x", "kafka.password.x=hush", "sasl.password hush");
        Assert.DoesNotContain(failures, f => f.Contains("hush", StringComparison.Ordinal));
    }
}
