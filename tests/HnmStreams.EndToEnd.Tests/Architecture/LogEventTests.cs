using System.Reflection;
using Microsoft.Extensions.Logging;

namespace HnmStreams.EndToEnd.Tests.Architecture;

/// <summary>Log events have ids that stay the same from one build to the next, so that they can be searched for.</summary>
public sealed class LogEventTests
{
    private static readonly string[] Assemblies =
    [
        "HnmStreams.Data", "HnmStreams.Kafka", "HnmStreams.Torch", "HnmStreams.Tasks", "HnmStreams.Pipeline", "HnmStreams.Offline", "HnmStreams.Configuration", "HnmStreams.Web", "hnm",
    ];

    [Fact]
    public void Every_log_message_has_a_unique_id()
    {
        const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var ids = Assemblies
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .SelectMany(type => type.GetMethods(All))
            .Select(method => (Method: $"{method.DeclaringType}.{method.Name}", Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(m => m.Message is not null)
            .Select(m => (m.Method, m.Message!.EventId))
            .ToList();
        Assert.InRange(ids.Count, 30, int.MaxValue);
        Assert.Empty(ids.Where(m => m.EventId <= 0).Select(m => m.Method));
        Assert.Empty(ids.GroupBy(m => m.EventId).Where(g => g.Count() > 1).Select(g => string.Join(' ', g.Select(m => m.Method))));
    }
}
