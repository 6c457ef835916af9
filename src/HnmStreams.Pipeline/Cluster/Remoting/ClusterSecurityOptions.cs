using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Pipeline.Cluster.Remoting;

/// <summary>
/// Mutual TLS between the nodes of a cluster. Required unless all nodes are on one machine and listen on a loopback address. The files are read at the start, so a renewed
/// certificate takes effect with a restart of the process.
/// </summary>
public sealed class ClusterSecurityOptions : IValidatableObject
{
    /// <summary>The PEM file with the certificate of this node. Other nodes check that it is valid for the advertised host name.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>The PEM file with the unencrypted private key of the certificate. Only this process should be able to read it.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The PEM file with the certificates of the authority that signs the nodes of this cluster, and of its intermediates. The authorities of the system are not trusted.</summary>
    public string? AuthorityFile { get; set; }

    /// <summary>The names of which a node that connects to this one must have one in its certificate: host names, <c>*.</c> for one label, or IP addresses. If it is empty, any certificate of the authority may connect, so the authority should sign nothing else.</summary>
    public string[] PeerNames { get; set; } = [];

    public bool IsSet => CertificateFile is not null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Name, string? Value)[] files = [(nameof(CertificateFile), CertificateFile), (nameof(KeyFile), KeyFile), (nameof(AuthorityFile), AuthorityFile)];
        if (files.All(f => f.Value is null))
        {
            if (PeerNames.Length > 0)
                yield return new ValidationResult("must not be set without certificateFile: names are checked in certificates only", [nameof(PeerNames)]);
            yield break;
        }

        foreach (var (name, value) in files)
        {
            if (string.IsNullOrWhiteSpace(value))
                yield return new ValidationResult("must be a PEM file, since mutual TLS needs certificateFile, keyFile and authorityFile. Set all three or none", [name]);
        }
    }
}
