using System.ComponentModel.DataAnnotations;
using HnmStreams.Pipeline.Cluster.Remoting;

namespace HnmStreams.Pipeline.Tests.Cluster.Remoting;

public sealed class RemotingSettingsTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.1")]
    [InlineData("localhost")]
    [InlineData("::1")]
    public void A_loopback_address_needs_no_certificate(string host)
    {
        using var settings = RemotingSettings.Create(new NodeAddress(host, host, 8110), new ClusterSecurityOptions(), TimeProvider.System);
        var transport = settings.Configuration.GetConfig("akka.remote.dot-netty.tcp");
        Assert.Equal((host, host, 8110, false), (transport.GetString("hostname"), transport.GetString("public-hostname"), transport.GetInt("port"), transport.GetBoolean("enable-ssl")));
        Assert.Equal((400_000L, 1_000_000L, 1_000_000L), (transport.GetByteSize("maximum-frame-size"), transport.GetByteSize("send-buffer-size"), transport.GetByteSize("receive-buffer-size")));
        Assert.Null(settings.Tls);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("10.1.2.3")]
    [InlineData("node-1")]
    [InlineData("localhost.example.org")]
    public void Any_other_address_without_a_certificate_is_refused(string host)
    {
        var error = Assert.Throws<ClusterSecurityException>(() => RemotingSettings.Create(new NodeAddress(host, "node-1", 8110), new ClusterSecurityOptions(), TimeProvider.System));
        Assert.Contains($"'cluster.security.certificateFile' must be set if a node listens on an address other than loopback but is not set ('cluster.host' is '{host}')", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_turns_mutual_TLS_with_host_names_on()
    {
        using var settings = RemotingSettings.Create(new NodeAddress("0.0.0.0", "node-1.hnm", 8110), _authority.Issue("node-1.hnm"), TimeProvider.System);
        Assert.True(settings.Configuration.GetBoolean("akka.remote.dot-netty.tcp.enable-ssl"));
        Assert.Equal((true, true, false), (settings.Tls!.RequireMutualAuthentication, settings.Tls.ValidateCertificateHostname, settings.Tls.SuppressValidation));
        Assert.True(settings.Certificates!.Own.HasPrivateKey);
    }

    [Fact]
    public void An_own_certificate_that_other_nodes_would_refuse_ends_the_start()
    {
        using var other = new TestAuthority("another authority");
        var foreign = other.Issue("node-1");
        foreign.AuthorityFile = _authority.AuthorityFile;
        Refuses(foreign, "its certificate is signed by 'CN=another authority', and not by an authority of 'cluster.security.authorityFile'");
        Refuses(_authority.Issue("node-2"), "it is valid for node-2 only, and 'cluster.advertisedHost' is 'node-1'");
        Refuses(_authority.Issue("node-1", from: -30, to: -1), "is not valid now");
        Refuses(_authority.Issue("node-1", from: 1), "is not valid now");
        Refuses(_authority.Issue("node-1", usages: 1), "extended key usage");
        Refuses(_authority.Issue("node-1", usages: 2), "extended key usage");
    }

    [Fact]
    public void A_file_that_cannot_be_used_is_named_with_its_setting()
    {
        var options = _authority.Issue("node-1");
        Refuses(new ClusterSecurityOptions { CertificateFile = "/none/a.pem", KeyFile = options.KeyFile, AuthorityFile = options.AuthorityFile }, "'cluster.security.certificateFile' must be a readable PEM file but is '/none/a.pem': it does not exist");
        Refuses(new ClusterSecurityOptions { CertificateFile = options.CertificateFile, KeyFile = "/none/a.key", AuthorityFile = options.AuthorityFile }, "'cluster.security.keyFile' must be a readable PEM file but is '/none/a.key'");
        Refuses(new ClusterSecurityOptions { CertificateFile = options.CertificateFile, KeyFile = _authority.Issue("node-1").KeyFile, AuthorityFile = options.AuthorityFile }, "'cluster.security.keyFile' must be a readable PEM file");
        Refuses(new ClusterSecurityOptions { CertificateFile = options.CertificateFile, KeyFile = options.KeyFile, AuthorityFile = options.KeyFile }, "'cluster.security.authorityFile' must be a readable PEM file");
        Refuses(new ClusterSecurityOptions { CertificateFile = options.CertificateFile, KeyFile = options.KeyFile }, "'cluster.security.authorityFile' must be a PEM file but is not set");
    }

    [Fact]
    public void The_files_are_set_together()
    {
        Assert.Empty(Failures(new ClusterSecurityOptions()));
        Assert.Empty(Failures(_authority.Issue("node-1")));
        Assert.Equal(["KeyFile", "AuthorityFile"], Failures(new ClusterSecurityOptions { CertificateFile = "a.pem" }));
        Assert.Equal(["CertificateFile", "KeyFile"], Failures(new ClusterSecurityOptions { AuthorityFile = "a.pem" }));
        Assert.Equal(["PeerNames"], Failures(new ClusterSecurityOptions { PeerNames = ["a"] }));
    }

    [Theory]
    [InlineData("*.hnm", "node-1.hnm", true)]
    [InlineData("*.hnm", "*.hnm", true)]
    [InlineData("NODE-1.hnm", "node-1.HNM", true)]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("*.hnm", "a.node-1.hnm", false)]
    [InlineData("*.hnm", "hnm", false)]
    [InlineData("*.hnm", ".hnm", false)]
    [InlineData("*.hnm", "*.other.hnm", false)]
    [InlineData("node-1.hnm", "*.hnm", false)]
    [InlineData("*", "node-1", false)]
    public void Compares_names_of_certificates_with_the_allowed_ones(string allowed, string name, bool expected) =>
        Assert.Equal(expected, PeerNames.Allow([allowed], ["unrelated.example", name]));

    private static IEnumerable<string> Failures(ClusterSecurityOptions options) => options.Validate(new ValidationContext(options)).SelectMany(r => r.MemberNames);

    private static void Refuses(ClusterSecurityOptions options, string expected) => Assert.Contains(
        expected, Assert.Throws<ClusterSecurityException>(() => RemotingSettings.Create(new NodeAddress("127.0.0.1", "node-1", 0), options, TimeProvider.System)).Message, StringComparison.Ordinal);
}
