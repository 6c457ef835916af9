using System.Buffers.Binary;
using System.Collections.Concurrent;
using HnmStreams.Mining.Randomness;

namespace HnmStreams.Chaos.Networks;

/// <summary>
/// An Ethernet switch between network namespaces, whose links can be cut in one direction or both, and delay, lose or reorder frames. Linux has netem for the latter and
/// nftables for the former, but many kernels and containers have neither; devices of the kernel's TUN driver are enough for this.
/// </summary>
/// <remarks>Thread-safe. One thread per device, and one for delayed frames.</remarks>
internal sealed class VirtualSwitch : IDisposable
{
    private const int HeaderBytes = 14;
    private const int EtherTypeAt = 12;
    private const ushort Arp = 0x0806;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly LinkConditions _conditions;
    private readonly List<TapDevice> _devices = [];
    private readonly List<Thread> _threads = [];
    private readonly ConcurrentDictionary<ulong, int> _ports = new();
    private readonly ConcurrentDictionary<(int From, int To), bool> _cut = new();
    private readonly Lock _drawing = new();
    private readonly Xoshiro256StarStar _generator;
    private readonly DelayQueue? _delayed;
    private volatile bool _isEnded;
    private long _forwarded;
    private long _dropped;

    public VirtualSwitch(LinkConditions conditions, ulong seed)
    {
        (_conditions, _generator) = (conditions, new Xoshiro256StarStar(seed));
        if (conditions.Delay > TimeSpan.Zero)
            _delayed = new DelayQueue((port, frame) => _devices[port].Write(frame));
    }

    /// <summary>The number of frames that were forwarded.</summary>
    public long Forwarded => Interlocked.Read(ref _forwarded);

    /// <summary>The number of frames that were dropped, because their link was cut or loses frames.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Connects a device, which this takes over, and returns its port. All devices are connected before the first frame.</summary>
    public int Connect(TapDevice device)
    {
        _devices.Add(device);
        return _devices.Count - 1;
    }

    public void Start()
    {
        for (var i = 0; i < _devices.Count; i++)
        {
            var port = i;
            var thread = new Thread(() => Receive(port)) { IsBackground = true, Name = $"switch port {port}" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>Drops all frames from one port to another. Address resolution goes on, so that packets vanish as they do behind a router.</summary>
    public void Cut(int from, int to) => _cut[(from, to)] = true;

    public void Restore(int from, int to) => _cut.TryRemove((from, to), out _);

    public void Dispose()
    {
        _isEnded = true;
        foreach (var thread in _threads)
            thread.Join();
        _delayed?.Dispose();
        foreach (var device in _devices)
            device.Dispose();
    }

    private void Receive(int port)
    {
        var frame = new byte[TapDevice.MaxFrameBytes];
        while (!_isEnded)
        {
            if (_devices[port].Read(frame, PollInterval) is var length and > HeaderBytes)
                Forward(port, frame.AsSpan(0, length));
        }
    }

    private void Forward(int from, ReadOnlySpan<byte> frame)
    {
        var isGroup = (frame[0] & 1) != 0;
        _ports[Address(frame[6..])] = from;
        if (!isGroup && _ports.TryGetValue(Address(frame), out var known))
        {
            Send(from, known, frame);
            return;
        }

        for (var to = 0; to < _devices.Count; to++)
        {
            if (to != from)
                Send(from, to, frame);
        }
    }

    private void Send(int from, int to, ReadOnlySpan<byte> frame)
    {
        var isArp = BinaryPrimitives.ReadUInt16BigEndian(frame[EtherTypeAt..]) == Arp;
        if ((!isArp && _cut.ContainsKey((from, to))) || Draw(_conditions.Loss))
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        Interlocked.Increment(ref _forwarded);
        if (_delayed is null || Draw(_conditions.Reorder))
            _devices[to].Write(frame);
        else
            _delayed.Add(to, frame.ToArray(), _conditions.Delay);
    }

    private bool Draw(double probability)
    {
        if (probability <= 0)
            return false;
        lock (_drawing)
            return _generator.NextDouble() < probability;
    }

    private static ulong Address(ReadOnlySpan<byte> bytes) => ((ulong)BinaryPrimitives.ReadUInt32BigEndian(bytes) << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
}
