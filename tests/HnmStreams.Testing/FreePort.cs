using System.Net;
using System.Net.Sockets;

namespace HnmStreams.Testing;

/// <summary>A finder of free loopback ports, for a service whose address must be known before it starts.</summary>
public static class FreePort
{
    /// <summary>Returns a port that was free a moment ago.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
