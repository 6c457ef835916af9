using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace HnmStreams.Web.Dashboard;

/// <summary>Keys of what a page sends back to us: they live as long as the process, and nothing is written for them.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class InMemoryKeys : IXmlRepository
{
    private readonly Lock _gate = new();
    private readonly List<XElement> _keys = [];

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_gate)
            return [.. _keys.Select(key => new XElement(key))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        lock (_gate)
            _keys.Add(new XElement(element));
    }
}
