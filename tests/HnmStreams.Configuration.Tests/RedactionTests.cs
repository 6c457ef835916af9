namespace HnmStreams.Configuration.Tests;

public class RedactionTests
{
    [Theory]
    [InlineData("kafka.client.sasl.password")]
    [InlineData("pipeline.evaluation.heldOutSecret")]
    [InlineData("wire.schemaRegistry.password")]
    [InlineData("wire.schemaRegistry.client.schema.registry.basic.auth.user.info")]
    [InlineData("wire.schemaRegistry.client.schema.registry.bearer.auth.token")]
    [InlineData("wire.schemaRegistry.client.schema.registry.bearer.auth.client.secret")]
    [InlineData("kafka.client.ssl.key.password")]
    [InlineData("kafka.client.ssl.keystore.password")]
    [InlineData("kafka.client.ssl.key.pem")]
    [InlineData("kafka.client.sasl.oauthbearer.client.secret")]
    [InlineData("kafka.client.sasl.oauthbearer.config")]
    [InlineData("kafka.client.basic.auth.user.info")]
    [InlineData("kafka.client.sasl.kerberos.keytab")]
    [InlineData("HNM__Models__Store__AccessKey")]
    [InlineData("hub.api_key")]
    [InlineData("hub.Token")]
    public void Hides_the_value_of_a_sensitive_key(string key) => Assert.Equal(Redaction.Hidden, Redaction.Show(key, "secret-value"));

    [Theory]
    [InlineData("kafka.client.sasl.username", "ann")]
    [InlineData("kafka.client.ssl.ca.location", "/etc/ca.pem")]
    [InlineData("pipeline.pool.count", "3")]
    [InlineData("kafka.bootstrapServers", "a:1,b:2")]
    [InlineData("task.encoder.maxTokens", "256")]
    [InlineData("task.encoder.tokenizer", "/models/vocab.txt")]
    public void Shows_the_value_of_other_keys(string key, string value) => Assert.Equal(value, Redaction.Show(key, value));

    [Fact]
    public void Hides_the_user_information_of_URLs_in_any_text() =>
        Assert.Equal("see http://***@host:1/x and https://***@h", Redaction.Show("a.b", "see http://user:secret-value@host:1/x and https://token@h"));

    [Fact]
    public void The_changed_settings_are_those_that_differ_from_the_defaults()
    {
        using var folder = new SettingsFolder().WithVariable("HNM__Kafka__Client__sasl__password", "hush");
        var changed = SettingsView.Changed(folder.Load(null, ["run.for=90s", "data.shuffle=true", "pipeline.mix.batchSize=64"]).Options).ToList();
        Assert.Contains(new ChangedSetting("run.for", "90s", null), changed);
        Assert.Contains(new ChangedSetting("pipeline.mix.batchSize", "64", "32"), changed);
        Assert.Contains(new ChangedSetting("kafka.client.sasl.password", "***", null), changed);
        Assert.DoesNotContain(changed, c => c.Path == "data.shuffle");
    }

    [Fact]
    public void The_view_shows_every_setting_and_no_secret()
    {
        using var folder = new SettingsFolder().WithVariable("HNM__Kafka__Client__sasl__password", "secret-value");
        var lines = SettingsView.Lines(folder.Load(null, ["telemetry.otlpEndpoint=http://me:secret-value@c:4317", "run.for=90s"])).ToList();
        Assert.Contains("kafka.client.sasl.password = ***  (environment)", lines);
        Assert.Contains("telemetry.otlpEndpoint = http://***@c:4317/  (--set)", lines);
        Assert.Contains("run.for = 90s  (--set)", lines);
        Assert.Contains("data.shuffle = true  (default)", lines);
        Assert.Contains("http.token = not set  (default)", lines);
        Assert.DoesNotContain(lines, l => l.Contains("secret-value", StringComparison.Ordinal));
    }
}
