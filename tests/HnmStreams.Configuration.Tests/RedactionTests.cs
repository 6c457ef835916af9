namespace HnmStreams.Configuration.Tests;

public class RedactionTests
{
    [Theory]
    [InlineData("kafka.client.sasl.password")]
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
    public void A_telling_key_hides_its_value(string key) => Assert.Equal(Redaction.Hidden, Redaction.Show(key, "hush"));

    [Theory]
    [InlineData("kafka.client.sasl.username", "ann")]
    [InlineData("kafka.client.ssl.ca.location", "/etc/ca.pem")]
    [InlineData("pipeline.pool.count", "3")]
    [InlineData("kafka.bootstrapServers", "a:1,b:2")]
    public void Others_are_shown(string key, string value) => Assert.Equal(value, Redaction.Show(key, value));

    [Fact]
    public void A_password_in_a_URL_is_hidden_anywhere() =>
        Assert.Equal("see http://***@host:1/x and https://***@h", Redaction.Show("a.b", "see http://user:hush@host:1/x and https://token@h"));

    [Fact]
    public void The_view_shows_every_setting_and_no_secret()
    {
        using var folder = new SettingsFolder().WithVariable("HNM__Kafka__Client__sasl__password", "hush");
        var lines = SettingsView.Lines(folder.Load(null, ["telemetry.otlpEndpoint=http://me:hush@c:4317", "run.for=90s"])).ToList();
        Assert.Contains("kafka.client.sasl.password = ***  (environment)", lines);
        Assert.Contains("telemetry.otlpEndpoint = http://***@c:4317/  (--set)", lines);
        Assert.Contains("run.for = 90s  (--set)", lines);
        Assert.Contains("data.shuffle = true  (default)", lines);
        Assert.Contains("http.token = not set  (default)", lines);
        Assert.DoesNotContain(lines, l => l.Contains("hush", StringComparison.Ordinal));
    }
}
