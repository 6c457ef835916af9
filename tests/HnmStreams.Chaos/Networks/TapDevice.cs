using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace HnmStreams.Chaos.Networks;

/// <summary>The other end of an Ethernet device of the kernel: it receives the frames that the kernel sends, and sends frames to it.</summary>
/// <remarks>One reader; writing is thread-safe. The device disappears with this end.</remarks>
internal sealed partial class TapDevice : IDisposable
{
    public const string Path = "/dev/net/tun";

    /// <summary>The largest frame of a device with the usual MTU of 1,500 bytes.</summary>
    public const int MaxFrameBytes = 1_518;

    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x8_0000;
    private const int NameBytes = 16;
    private const int RequestBytes = 40;

    // linux/if_tun.h: TUNSETIFF, IFF_TAP | IFF_NO_PI.
    private const nuint SetInterface = 0x4004_54ca;
    private const short EthernetWithoutHeader = 0x1002;
    private const short Readable = 1;

    private readonly int _file;

    private TapDevice(int file) => _file = file;

    /// <summary>Creates a device in the namespace of the calling thread.</summary>
    /// <exception cref="Win32Exception">The device cannot be created.</exception>
    public static TapDevice Open(string name)
    {
        var file = OpenFile(Path, ReadWrite | CloseOnExec);
        if (file < 0)
            throw new Win32Exception();
        Span<byte> request = stackalloc byte[RequestBytes];
        request.Clear();
        Encoding.ASCII.GetBytes(name, request);
        BitConverter.TryWriteBytes(request[NameBytes..], EthernetWithoutHeader);
        if (Control(file, SetInterface, ref MemoryMarshal.GetReference(request)) == 0)
            return new TapDevice(file);
        var error = new Win32Exception();
        _ = Close(file);
        throw error;
    }

    /// <summary>Waits for a frame.</summary>
    /// <returns>The length of the frame; 0 if none has arrived within the timeout.</returns>
    public int Read(Span<byte> frame, TimeSpan timeout)
    {
        var poll = new PollRequest { File = _file, Events = Readable };
        return Poll(ref poll, 1, (int)timeout.TotalMilliseconds) > 0 ? (int)Math.Max(0, Read(_file, ref MemoryMarshal.GetReference(frame), (nuint)frame.Length)) : 0;
    }

    /// <summary>Sends a frame. It is dropped if the device is not up or its queue is full, as a network does.</summary>
    public void Write(ReadOnlySpan<byte> frame) => _ = Write(_file, ref MemoryMarshal.GetReference(frame), (nuint)frame.Length);

    public void Dispose() => _ = Close(_file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int file, nuint request, ref byte argument);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollRequest requests, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, ref byte buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int file, ref readonly byte buffer, nuint count);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int File;
        public short Events;
        public short Returned;
    }
}
