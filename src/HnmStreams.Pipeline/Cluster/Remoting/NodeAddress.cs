using System.Net;

namespace HnmStreams.Pipeline.Cluster.Remoting;

/// <summary>The address of a node.</summary>
/// <param name="Host">The host name or IP address to listen on.</param>
/// <param name="AdvertisedHost">The host name or IP address at which other nodes reach this one. Its certificate must be valid for it.</param>
/// <param name="Port">The port, 0 for any free one.</param>
public sealed record NodeAddress(string Host, string AdvertisedHost, int Port)
{
    /// <summary>True if only processes on this machine can connect.</summary>
    public bool IsLoopback => IsLoopbackHost(Host);

    /// <summary>Returns true for <c>localhost</c> and loopback IP addresses. Other names may resolve to any address.</summary>
    private static bool IsLoopbackHost(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
