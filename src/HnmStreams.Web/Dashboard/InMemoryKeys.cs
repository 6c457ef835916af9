using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace HnmStreams.Web.Dashboard;

/// <summary>The data protection keys of the page, in memory. A page must reload after a restart; no key is written to disk.</summary>
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
