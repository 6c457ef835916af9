using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using HnmStreams.Pipeline.Cluster.Remoting;

namespace HnmStreams.Pipeline.Tests.Cluster.Remoting;

/// <summary>A certificate authority of one test, which writes its certificates as PEM files.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hnm-certificates-");
    private readonly X509Certificate2 _root;

    public TestAuthority(string name = "the authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        _root = request.CreateSelfSigned(Now.AddYears(-2), Now.AddYears(2));
        File.WriteAllText(InFolder("authority.pem"), _root.ExportCertificatePem());
    }

    public string AuthorityFile => InFolder("authority.pem");

    /// <summary>Signs a certificate and returns the options of a node that uses it.</summary>
    /// <param name="host">The host name or IP address in the certificate.</param>
    /// <param name="from">The beginning of its validity in days from now.</param>
    /// <param name="to">The end of its validity in days from now.</param>
    /// <param name="usages">The purposes: 1 is the authentication of servers, 2 that of clients.</param>
    public ClusterSecurityOptions Issue(string host, int from = -1, int to = 30, params int[] usages)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=node {Guid.NewGuid():n}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. (usages.Length == 0 ? [1, 2] : usages).Select(u => new Oid($"1.3.6.1.5.5.7.3.{u}"))], critical: false));
        using var certificate = request.Create(_root, Now.AddDays(from), Now.AddDays(to), Guid.NewGuid().ToByteArray());
        var name = Guid.NewGuid().ToString("n");
        File.WriteAllText(InFolder($"{name}.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(InFolder($"{name}.key"), key.ExportPkcs8PrivateKeyPem());
        return new ClusterSecurityOptions { CertificateFile = InFolder($"{name}.pem"), KeyFile = InFolder($"{name}.key"), AuthorityFile = AuthorityFile };
    }

    public void Dispose()
    {
        _root.Dispose();
        _folder.Delete(recursive: true);
    }

    private string InFolder(string name) => Path.Combine(_folder.FullName, name);
}
