using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace HnmStreams.Pipeline.Cluster.Remoting;

/// <summary>
/// The certificate of this node, and the rules by which it accepts those of other nodes. For Akka.Remote and for the HTTP endpoint of the weights.
/// </summary>
/// <remarks>Thread-safe. Revocation lists are not read: a private authority replaces itself, or <see cref="ClusterSecurityOptions.PeerNames"/> is narrowed.</remarks>
public sealed class NodeCertificates : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _authorities;
    private readonly IReadOnlyList<string> _peerNames;

    private NodeCertificates(X509Certificate2 own, X509Certificate2Collection authorities, IReadOnlyList<string> peerNames) =>
        (Own, _authorities, _peerNames) = (own, authorities, peerNames);

    /// <summary>The certificate of this node, with its private key.</summary>
    public X509Certificate2 Own { get; }

    /// <summary>Reads the files and checks that other nodes with the same authority would accept this node at a host name.</summary>
    /// <param name="advertisedHost">The host name or IP address at which other nodes connect.</param>
    /// <exception cref="ClusterSecurityException">A file cannot be read, or other nodes would refuse the certificate; the message says which and why.</exception>
    public static NodeCertificates Load(ClusterSecurityOptions options, string advertisedHost, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        var authorities = Read("cluster.security.authorityFile", options.AuthorityFile, file =>
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(file);
            return found.Count > 0 ? found : throw new CryptographicException("it contains no certificate");
        });
        var own = Read("cluster.security.certificateFile", options.CertificateFile, certificate =>
            Read("cluster.security.keyFile", options.KeyFile, key => Usable(X509Certificate2.CreateFromPemFile(certificate, key))));
        var certificates = new NodeCertificates(own, authorities, options.PeerNames);
        if (certificates.ReasonToRefuseOwn(advertisedHost, time.GetUtcNow()) is not { } reason)
            return certificates;
        certificates.Dispose();
        throw new ClusterSecurityException($"'cluster.security.certificateFile' must be a certificate that other nodes accept but is '{options.CertificateFile}': {reason}.");
    }

    /// <summary>Returns the reason to refuse the certificate of another node; null to accept it. The arguments are those of a <see cref="RemoteCertificateValidationCallback"/>.</summary>
    /// <param name="chain">The chain of the handshake. It knows whether the other node is the client or the server.</param>
    /// <param name="errors">The errors of the handshake, of which a wrong host name of a server counts. All others are found again here.</param>
    public string? ReasonToRefuse(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
            return "it has no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"its certificate is valid for {Names(certificate)} only, and not for the host name that was connected to";
        var isClient = chain?.ChainPolicy.ApplicationPolicy.Cast<Oid>().Any(p => p.Value == ClientAuthentication) ?? true;
        var sent = chain?.ChainElements.Select(e => e.Certificate).Concat(chain.ChainPolicy.ExtraStore) ?? [];
        if (ReasonOfChain(certificate, sent, isClient ? ClientAuthentication : ServerAuthentication, verificationTime: null) is { } reason)
            return reason;
        return isClient && _peerNames.Count > 0 && !PeerNames.Allow(_peerNames, PeerNames.Of(certificate))
            ? $"its certificate is valid for {Names(certificate)} only, and 'cluster.security.peerNames' allows none of them"
            : null;
    }

    public void Dispose()
    {
        Own.Dispose();
        foreach (var authority in _authorities)
            authority.Dispose();
    }

    private static string Names(X509Certificate2 certificate) => PeerNames.Of(certificate) is { Count: > 0 } names ? string.Join(", ", names) : "no host";

    private static T Read<T>(string key, string? file, Func<string, T> read)
    {
        if (file is null)
            throw new ClusterSecurityException($"'{key}' must be a PEM file but is not set. Set certificateFile, keyFile and authorityFile of cluster.security.");
        try
        {
            return File.Exists(file) ? read(file) : throw new FileNotFoundException("it does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ClusterSecurityException($"'{key}' must be a readable PEM file but is '{file}': {e.Message.TrimEnd('.')}.", e);
        }
    }

    // SChannel cannot use a key that exists in memory only.
    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
            return certificate;
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    private string? ReasonToRefuseOwn(string advertisedHost, DateTimeOffset now)
    {
        if (!Own.MatchesHostname(advertisedHost, allowWildcards: true, allowCommonName: false))
            return $"it is valid for {Names(Own)} only, and 'cluster.advertisedHost' is '{advertisedHost}'. Advertise one of these names, or issue a certificate with this name as subject alternative name";
        foreach (var purpose in (string[])[ServerAuthentication, ClientAuthentication])
        {
            if (ReasonOfChain(Own, [], purpose, now.UtcDateTime) is { } reason)
                return reason;
        }

        return null;
    }

    private string? ReasonOfChain(X509Certificate2 certificate, IEnumerable<X509Certificate2> sent, string purpose, DateTime? verificationTime)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ApplicationPolicy.Add(new Oid(purpose));
        if (verificationTime is { } time)
            policy.VerificationTime = time;
        foreach (var authority in _authorities)
            (IsSelfSigned(authority) ? policy.CustomTrustStore : policy.ExtraStore).Add(authority);
        foreach (var other in sent)
            policy.ExtraStore.Add(other);
        if (chain.Build(certificate))
            return null;
        var flags = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, s) => all | s.Status);
        if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid))
            return string.Create(CultureInfo.InvariantCulture, $"its certificate, or one above it, is not valid now; its own dates are {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}");
        if (flags.HasFlag(X509ChainStatusFlags.UntrustedRoot) || flags.HasFlag(X509ChainStatusFlags.PartialChain))
            return $"its certificate is signed by '{certificate.Issuer}', and not by an authority of 'cluster.security.authorityFile'";
        return flags.HasFlag(X509ChainStatusFlags.NotValidForUsage)
            ? "its certificate must allow the server and the client authentication of TLS (extended key usage) but does not"
            : $"its certificate is not valid ({flags})";
    }

    private static bool IsSelfSigned(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
