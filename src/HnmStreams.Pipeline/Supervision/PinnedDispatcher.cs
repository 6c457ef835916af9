using Akka.Configuration;

namespace HnmStreams.Pipeline.Supervision;

/// <summary>The configuration of the dispatcher that gives each computing actor its own thread, which torch's per-thread settings require.</summary>
internal static class PinnedDispatcher
{
    public const string Id = "hnm.pinned-dispatcher";

    public static Config Config { get; } = ConfigurationFactory.ParseString($"{Id} {{ type = PinnedDispatcher }}");
}
