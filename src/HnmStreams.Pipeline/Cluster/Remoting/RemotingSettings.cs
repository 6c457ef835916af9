using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;

namespace HnmStreams.Pipeline.Cluster.Remoting;

/// <summary>
/// The settings of Akka.Remote for a node: its address, frames that hold a part of a scored batch, mutual TLS, and serializers that create no type named by
/// the sender. They do not choose the provider (remote or cluster).
/// </summary>
public sealed class RemotingSettings : IDisposable
{
    /// <summary>The maximum size of a message. Larger ones are dropped. Parts of scored batches have at most 64 KiB, so this leaves room for several.</summary>
    public const int FrameBytes = 400_000;

    /// <summary>The size of the socket buffers. They must hold more than one frame, or large messages stall (akka.net's reference configuration).</summary>
    public const int SocketBufferBytes = 1_000_000;

    private RemotingSettings(Config configuration, NodeCertificates? certificates, DotNettySslSetup? tls) =>
        (Configuration, Certificates, Tls) = (configuration, certificates, tls);

    public Config Configuration { get; }

    /// <summary>The certificates of this node; null without TLS.</summary>
    public NodeCertificates? Certificates { get; }

    /// <summary>The setup of TLS; null without TLS.</summary>
    public DotNettySslSetup? Tls { get; }

    /// <summary>Creates the settings.</summary>
    /// <exception cref="ClusterSecurityException">The address is not loopback and no certificate is set, or the certificate is not usable.</exception>
    public static RemotingSettings Create(NodeAddress address, ClusterSecurityOptions security, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(security);
        if (!security.IsSet && !address.IsLoopback)
        {
            throw new ClusterSecurityException(
                $"'cluster.security.certificateFile' must be set if a node listens on an address other than loopback but is not set ('cluster.host' is '{address.Host}'). Set certificateFile, keyFile and authorityFile, or listen on 127.0.0.1.");
        }

        var certificates = security.IsSet ? NodeCertificates.Load(security, address.AdvertisedHost, time) : null;
        var configuration = Transport(address, certificates is not null).WithFallback(SafeSerializers.Configuration);
        return new RemotingSettings(configuration, certificates, certificates is null ? null : TlsSetup(certificates));
    }

    /// <summary>Adds TLS to the setup of an actor system.</summary>
    public ActorSystemSetup AddTo(ActorSystemSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return Tls is null ? setup : setup.And(Tls);
    }

    public void Dispose() => Certificates?.Dispose();

    // The validator is ours, since Akka.NET's own trusts the authorities of the system only.
    private static DotNettySslSetup TlsSetup(NodeCertificates certificates) => new(
        certificates.Own,
        suppressValidation: false,
        requireMutualAuthentication: true,
        validateCertificateHostname: true,
        (certificate, chain, peer, errors, log) =>
        {
            if (certificates.ReasonToRefuse(certificate, chain, errors) is not { } reason)
                return true;
            log.Warning("The connection with {0} is refused: {1}.", peer, reason);
            return false;
        });

    private static Config Transport(NodeAddress address, bool isSecure) => ConfigurationFactory.ParseString($$"""
        akka.remote.dot-netty.tcp {
          hostname = "{{Quoted(address.Host)}}"
          public-hostname = "{{Quoted(address.AdvertisedHost)}}"
          port = {{address.Port}}
          maximum-frame-size = {{FrameBytes}}b
          send-buffer-size = {{SocketBufferBytes}}b
          receive-buffer-size = {{SocketBufferBytes}}b
          enable-ssl = {{(isSecure ? "on" : "off")}}
        }
        """);

    private static string Quoted(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
