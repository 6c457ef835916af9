using HnmStreams.Configuration.Binding;
using HnmStreams.Configuration.Sections;

namespace HnmStreams.Configuration.Tests;

public class SettingsFailureTests
{
    [Fact]
    public void Lists_all_failures_with_key_value_origin_and_allowed_values()
    {
        using var folder = new SettingsFolder()
            .With("config/hnm.json", """{ "pipeline": { "scoring": { "share": 1.5 } }, "telemetry": { "logLevel": "loud" } }""")
            .WithVariable("HNM__Pipeline__Pool__Count", "many");
        var failures = folder.Failures(null, "data.shuffle=perhaps", "run.from=soon");
        Assert.Equal(5, failures.Count);
        Assert.Contains("pipeline.scoring.share = 1.5 (hnm.json): must be a number from 0 to 1", failures);
        Assert.Contains(failures, f => f.StartsWith("pipeline.pool.count = 'many' (environment): must be a whole number ", StringComparison.Ordinal));
        Assert.Contains("data.shuffle = 'perhaps' (--set): must be true or false", failures);
        Assert.Contains("telemetry.logLevel = 'loud' (hnm.json): must be one of trace, debug, information, warning, error, critical, none", failures);
        Assert.Contains(failures, f => f.StartsWith("run.from = 'soon' (--set): must be earliest, latest, an offset", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("pipeline.scoring.shrae=1", "pipeline.scoring.shrae (--set): unknown key; did you mean pipeline.scoring.share?")]
    [InlineData("heldOutShare=0.1", "heldOutShare (--set): unknown key; did you mean pipeline.evaluation.heldOutShare?")]
    [InlineData("something.else=1", "something (--set): unknown key")]
    [InlineData("run.limit.more=1", "run.limit.more = '1' (--set): unknown key; run.limit is a single value and must be a whole number of at least 1")]
    public void Names_an_unknown_key_and_suggests_the_nearest_one(string set, string failure)
    {
        using var folder = new SettingsFolder();
        Assert.Equal([failure], folder.Failures(null, set));
    }

    [Theory]
    [InlineData("run.for=5", "run.for = '5' (--set): must be a duration from 1ms to 3650d, for example 10s")]
    [InlineData("run.limit=1e3", "run.limit = '1e3' (--set): must be a whole number of at least 1")]
    [InlineData("run.limit=0", "run.limit = 0 (--set): must be a whole number of at least 1")]
    [InlineData("run.display=loud", "run.display = 'loud' (--set): must be one of auto, live, plain, none")]
    [InlineData("pipeline.pool=4", "pipeline.pool = '4' (--set): must be a section with the keys ")]
    [InlineData("http.urls=https://127.0.0.1", "http.urls = 'https://127.0.0.1' (--set): must be off or addresses such as http://127.0.0.1:8088, separated by semicolons; port 0 takes any free port")]
    [InlineData("data.rate=NaN", "data.rate = NaN (--set): must be a number from 0.001 to 1000000000")]
    [InlineData("run.init=missing.safetensors", "run.init = 'missing.safetensors' (--set): must be a safetensors file that exists")]
    [InlineData("checkpoints.objectStore.endpoint=https://user:secret@minio:9000", "checkpoints.objectStore.endpoint = 'https://***@minio:9000' (--set): must be an http or https URL of a host, without a path and without credentials")]
    [InlineData("checkpoints.objectStore.endpoint=minio:9000", "checkpoints.objectStore.endpoint = 'minio:9000' (--set): must be an http or https URL of a host")]
    [InlineData("checkpoints.objectStore.bucket=Not_A_Bucket", "checkpoints.objectStore.bucket = 'Not_A_Bucket' (--set): must be")]
    [InlineData("noequals", "--set noequals: must be key=value, for example --set pipeline.scoring.share=0.5")]
    public void Rejects_a_value_that_is_not_allowed(string set, string failure)
    {
        using var folder = new SettingsFolder();
        Assert.StartsWith(failure, Assert.Single(folder.Failures(null, set)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_store_needs_a_folder_for_the_working_copy()
    {
        using var folder = new SettingsFolder();
        Assert.StartsWith("checkpoints.folder = 'off' (--set): must be a folder if 'checkpoints.objectStore.bucket' is set", Assert.Single(folder.Failures(null, "checkpoints.folder=off", "checkpoints.objectStore.bucket=state")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data.format=parquet", "data.format = 'parquet' (--set): must be one of auto, idx, images, csv, tsv, jsonl, examples, voc, beir")]
    [InlineData("data.downsampling.spam=2", "data.downsampling = { spam: 2 } (--set): 'spam' must be a share above 0 and below 1, such as 0.01, but is '2'")]
    [InlineData("data.labels.negative=ham", "data.labels.negative = [ham] (--set): labels.negative requires labels.positive, which is not set: set both or neither")]
    [InlineData("data.split.share=1", "data.split.share = 1 (--set): must be a number")]
    [InlineData("data.split.testLabels=a", "data.split.testLabels = [a] (--set): split.testLabels requires split.by = label, but split.by is 'Auto'")]
    [InlineData("data.drift.flips.spam=half", "data.drift.flips = { spam: half } (--set): 'spam' must be the share of wrong labels in the class from 0 to 1, such as 0.05, but is 'half'")]
    [InlineData("data.drift.appears.spam=0.5", "data.drift.appears = { spam: 0.5 } (--set): 'spam' must be the number of examples sent before the class appears, a whole number above 0, but is '0.5'")]
    [InlineData("data.drift.rates.spam=-1", "data.drift.rates = { spam: -1 } (--set): 'spam' must be a share of the stream from 0 to 1, such as 0.05, but is '-1'")]
    public void Validates_the_data_section_before_the_data_are_read(string set, string failure)
    {
        using var folder = new SettingsFolder();
        Assert.StartsWith(failure, Assert.Single(folder.Failures(null, "data.path=mails.tsv", set)), StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_drift_options_for_the_synthetic_stream()
    {
        using var folder = new SettingsFolder();
        Assert.StartsWith("data.drift = { … } (--set): drift applies to data sets only", Assert.Single(folder.Failures(null, "data.drift.flips.1=0.1")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("tabular")]
    [InlineData("detection")]
    public void Rejects_steps_in_parts_for_a_network_with_statistics_of_batches(string task)
    {
        using var folder = new SettingsFolder();
        Assert.StartsWith(
            $"pipeline.training.rowsPerPass = 8: must be 0 for the task {task} without task.encoder or task.backbone",
            Assert.Single(folder.Failures(null, $"task.name={task}", "pipeline.training.rowsPerPass=8")),
            StringComparison.Ordinal);
        if (task == "text")
            Assert.Equal(8, folder.Load(null, [$"task.name={task}", "task.encoder.file=minilm.onnx", "pipeline.training.rowsPerPass=8"]).Options.Pipeline.Training.RowsPerPass);
    }

    [Fact]
    public void Rejects_null_for_a_required_value()
    {
        using var folder = new SettingsFolder().With("config/hnm.json", """{ "kafka": { "topic": null }, "run": { "limit": null } }""");
        Assert.StartsWith("kafka.topic is not set (hnm.json)", Assert.Single(folder.Failures()), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_a_file_that_is_not_JSON()
    {
        using var folder = new SettingsFolder().With("config/hnm.json", "{ \"kafka\": ");
        Assert.Contains("hnm.json", Assert.Single(folder.Failures()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.json", "--config missing.json: there is no such file")]
    [InlineData("bad.json", "taskFile = 'missing.json' (bad.json): there is no such file in its folder")]
    public void Names_a_missing_file(string config, string failure)
    {
        using var folder = new SettingsFolder().With("bad.json", """{ "taskFile": "missing.json" }""");
        Assert.StartsWith(failure, Assert.Single(folder.Failures(config)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pipeline.pool.maximumUses=3", "pipeline.pool.maximumUses (--set): this setting is now called pipeline.pool.maxUses")]
    [InlineData("pipeline.scoring.threads=3", "pipeline.scoring.threads (--set): this setting is now called pipeline.compute.threads")]
    [InlineData("pipeline.overfittingGuard.steps=3", "pipeline.overfittingGuard.steps (--set): this setting is now called pipeline.overfittingGuard.backoffLevels")]
    [InlineData("pipeline.control.cost.maximumCandidates=3", "pipeline.control.cost.maximumCandidates (--set): this setting is now called pipeline.miningBudget.maxCandidates")]
    [InlineData("pipeline.control.enabled=true", "pipeline.control.enabled (--set): this setting is now called pipeline.baselines.enabled")]
    [InlineData("pipeline.easing.enabled=false", "pipeline.easing.enabled (--set): this setting is now called pipeline.overfittingGuard.enabled")]
    [InlineData("pipeline.retention.suspicion.remembered=3", "pipeline.retention.suspicion.remembered (--set): this setting is now called pipeline.retention.labelNoise.rememberedVerdicts")]
    [InlineData("pipeline.retention.suspicion.rememberedVisits=3", "pipeline.retention.suspicion.rememberedVisits (--set): this setting is now called pipeline.retention.labelNoise.rememberedVisits")]
    [InlineData("task.tabular.standardise=true", "task.tabular.standardise (--set): this setting is now called task.tabular.standardize")]
    [InlineData("data.thinning.spam=0.01", "data.thinning.spam (--set): this setting is now called data.downsampling.spam")]
    public void Rejects_an_old_key_with_its_new_name(string set, string failure)
    {
        using var folder = new SettingsFolder();
        Assert.Equal([failure], folder.Failures(null, set));
    }

    [Fact]
    public void Every_replacement_of_an_old_key_exists()
    {
        var known = SettingsNode.Root(typeof(HnmOptions)).Descendants().Select(node => node.Path).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(RenamedKeys.Replacements.Except(known, StringComparer.Ordinal));
    }

    [Fact]
    public void Rejects_a_misspelled_environment_variable()
    {
        using var folder = new SettingsFolder().WithVariable("HNM_HTTP__TOKEN", "0123456789abcdef").WithVariable("HNM_DATA", "sets");
        Assert.Equal(["HNM_HTTP__TOKEN (environment): variables for settings must start with HNM__; did you mean HNM__HTTP__TOKEN?"], folder.Failures());
    }

    [Fact]
    public void Names_the_minimum_length_of_a_token_without_showing_it()
    {
        using var folder = new SettingsFolder();
        Assert.Equal(["http.token = '***' (--set): must be text of at least 16 characters"], folder.Failures(null, "http.token=short"));
    }

    [Fact]
    public void A_failure_never_shows_a_secret()
    {
        using var folder = new SettingsFolder();
        var failures = folder.Failures(null, "telemetry.password=secret-value", "telemetry.otlpEndpoint=//user:secret-value@x", "kafka.password.x=secret-value", "sasl.password secret-value");
        Assert.DoesNotContain(failures, f => f.Contains("secret-value", StringComparison.Ordinal));
    }
}
