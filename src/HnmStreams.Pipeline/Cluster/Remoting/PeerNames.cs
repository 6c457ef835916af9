using System.Security.Cryptography.X509Certificates;

namespace HnmStreams.Pipeline.Cluster.Remoting;

/// <summary>The comparison of the names in a certificate with the names that are allowed.</summary>
internal static class PeerNames
{
    /// <summary>Returns the host names and IP addresses of a certificate (RFC 5280, subject alternative name).</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToArray();
        return [.. names.SelectMany(n => n.EnumerateDnsNames()), .. names.SelectMany(n => n.EnumerateIPAddresses()).Select(a => a.ToString())];
    }

    /// <summary>Returns true if one of the names is allowed. <c>*.</c> at the beginning of an allowed name stands for exactly one label; the certificate may contain the same wildcard.</summary>
    public static bool Allow(IReadOnlyList<string> allowed, IReadOnlyList<string> names) => names.Any(name => allowed.Any(a => Allows(a, name)));

    private static bool Allows(string allowed, string name)
    {
        if (string.Equals(allowed, name, StringComparison.OrdinalIgnoreCase))
            return true;
        if (!allowed.StartsWith("*.", StringComparison.Ordinal) || name.StartsWith('*'))
            return false;
        var label = name.IndexOf('.', StringComparison.Ordinal);
        return label > 0 && name.AsSpan(label).Equals(allowed.AsSpan(1), StringComparison.OrdinalIgnoreCase);
    }
}
