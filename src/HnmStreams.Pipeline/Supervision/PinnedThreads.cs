using Akka.Configuration;

namespace HnmStreams.Pipeline.Supervision;

/// <summary>The dispatcher that gives each actor which computes a thread of its own, as torch's per-thread settings ask for.</summary>
internal static class PinnedThreads
{
    public const string Dispatcher = "hnm.pinned-dispatcher";

    public static Config Config { get; } = ConfigurationFactory.ParseString($"{Dispatcher} {{ type = PinnedDispatcher }}");
}
