using System.Globalization;

namespace HnmStreams.Chaos.Networks;

/// <summary>Machines in network namespaces, connected by a switch. Their private addresses exist in the namespaces only.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TestNetwork : IDisposable
{
    private readonly VirtualSwitch _switch;
    private readonly List<NetworkNamespace> _namespaces = [];
    private readonly Dictionary<string, Machine> _machines = new(StringComparer.Ordinal);

    /// <param name="names">The names of the machines.</param>
    /// <exception cref="InvalidOperationException">Namespaces cannot be created here.</exception>
    public TestNetwork(IEnumerable<string> names, LinkConditions conditions, ulong seed)
    {
        NetworkNamespace.RemoveAbandoned();
        _switch = new VirtualSwitch(conditions, seed);
        try
        {
            foreach (var name in names)
            {
                var created = NetworkNamespace.Create(name);
                _namespaces.Add(created);
                var address = string.Create(CultureInfo.InvariantCulture, $"10.73.0.{_namespaces.Count}");
                _machines[name] = Machine.In(created, address, _switch.Connect(created.AddDevice(address)));
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        _switch.Start();
    }

    public Machine this[string name] => _machines[name];

    public IReadOnlyDictionary<string, Machine> Machines => _machines;

    /// <summary>The number of frames that were dropped.</summary>
    public long Dropped => _switch.Dropped;

    /// <summary>Cuts the link between two machines.</summary>
    public void Cut(Machine first, Machine second, SplitDirection direction)
    {
        if (direction is SplitDirection.Both or SplitDirection.FromFirst)
            _switch.Cut(first.Port, second.Port);
        if (direction is SplitDirection.Both or SplitDirection.FromSecond)
            _switch.Cut(second.Port, first.Port);
    }

    /// <summary>Restores the link between two machines.</summary>
    public void Restore(Machine first, Machine second)
    {
        _switch.Restore(first.Port, second.Port);
        _switch.Restore(second.Port, first.Port);
    }

    public void Dispose()
    {
        _switch.Dispose();
        foreach (var created in _namespaces)
            created.Dispose();
    }
}
