using Akka.Configuration;

namespace HnmStreams.Pipeline.Supervision;

/// <summary>The configuration of the dispatcher that gives each computing actor its own thread, which torch's per-thread settings require.</summary>
internal static class PinnedThreads
{
    public const string Dispatcher = "hnm.pinned-dispatcher";

    public static Config Config { get; } = ConfigurationFactory.ParseString($"{Dispatcher} {{ type = PinnedDispatcher }}");
}
