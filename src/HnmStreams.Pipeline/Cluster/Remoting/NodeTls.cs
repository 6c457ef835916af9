using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Pipeline.Cluster.Remoting;

/// <summary>Mutual TLS of connections beside Akka.Remote, such as the HTTP endpoint of the weights. The same rules apply on both.</summary>
public static partial class NodeTls
{
    /// <summary>Returns the options of the side that is connected to. It requires a certificate.</summary>
    public static SslServerAuthenticationOptions ServerOptions(this NodeCertificates certificates, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        return new SslServerAuthenticationOptions
        {
            ServerCertificate = certificates.Own,
            ClientCertificateRequired = true,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = Validator(certificates, logger),
        };
    }

    /// <summary>Returns the options of the side that connects. The caller sets the target host, or an HTTP client does.</summary>
    public static SslClientAuthenticationOptions ClientOptions(this NodeCertificates certificates, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        return new SslClientAuthenticationOptions
        {
            ClientCertificates = [certificates.Own],
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = Validator(certificates, logger),
        };
    }

    private static RemoteCertificateValidationCallback Validator(NodeCertificates certificates, ILogger logger) => (_, certificate, chain, errors) =>
    {
        if (certificates.ReasonToRefuse(certificate as X509Certificate2, chain, errors) is not { } reason)
            return true;
        LogRefused(logger, certificate?.Subject ?? "no certificate", reason);
        return false;
    };

    [LoggerMessage(EventId = 395, Level = LogLevel.Warning, Message = "A connection with a node ({Subject}) is refused: {Reason}.")]
    private static partial void LogRefused(ILogger logger, string subject, string reason);
}
