using System.Net;
using System.Net.Sockets;

namespace HnmStreams.Chaos;

/// <summary>A finder of free loopback ports, for a service whose address must be known before it starts.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
