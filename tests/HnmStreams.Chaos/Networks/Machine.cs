using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HnmStreams.Chaos.Networks;

/// <summary>The host of a process under test: this machine, or a network namespace with its own address that stands for another machine.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Machine
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);
    private readonly NetworkNamespace? _namespace;

    private Machine(NetworkNamespace? @namespace, string address, int port) => (_namespace, Address, Port) = (@namespace, address, port);

    /// <summary>This machine, on loopback.</summary>
    public static Machine Local { get; } = new(null, "127.0.0.1", -1);

    /// <summary>The address for other machines.</summary>
    public string Address { get; }

    /// <summary>The port of the switch.</summary>
    public int Port { get; }

    public bool IsLocal => _namespace is null;

    /// <summary>Creates a machine from a namespace.</summary>
    /// <param name="port">The port of the switch.</param>
    public static Machine In(NetworkNamespace @namespace, string address, int port) => new(@namespace, address, port);

    /// <summary>Returns the start of a command on this machine.</summary>
    public ProcessStartInfo StartInfo(string file, IEnumerable<string> arguments) =>
        _namespace is null ? new ProcessStartInfo(file, arguments) : new ProcessStartInfo("ip", ["netns", "exec", _namespace.Name, file, .. arguments]);

    /// <summary>Returns the start of a command that sees no process of other machines: a learner recognizes by its process id that another one on its machine has ended.</summary>
    public ProcessStartInfo StartInfoApart(string file, IEnumerable<string> arguments) =>
        _namespace is null ? new ProcessStartInfo(file, arguments) : StartInfo("unshare", ["--pid", "--fork", "--mount-proc", "--kill-child=SIGKILL", file, .. arguments]);

    /// <summary>Returns the id of the command's process, which is the child of the started one if it runs apart; null if it does not run.</summary>
    public int? ProcessIdOf(Process started)
    {
        if (_namespace is null)
            return started.Id;
        try
        {
            var children = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{started.Id}/task/{started.Id}/children"));
            return children.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var child, ..] ? int.Parse(child, CultureInfo.InvariantCulture) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Returns a client whose connections begin on this machine.</summary>
    public HttpClient CreateClient(Uri address) => new(Handler()) { BaseAddress = address, Timeout = RequestTimeout };

    /// <summary>Runs an action on a thread of this machine: sockets and threads that it creates belong to it.</summary>
    public T Run<T>(Func<T> action) => _namespace is null ? action() : _namespace.Run(action);

    private SocketsHttpHandler Handler() => _namespace is null ? new SocketsHttpHandler() : new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = _namespace.Run(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}
