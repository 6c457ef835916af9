using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;

namespace HnmStreams.Host.Discovery;

/// <summary>The search for the processes that learn, through the API of Kubernetes. It asks until pods are listed, for at most <see cref="Limit"/>.</summary>
/// <remarks>It ends with the join: later members are known through the cluster.</remarks>
internal sealed partial class LearnerDiscovery(PodApi api, ClusterOptions options, TimeProvider time, ILogger<LearnerDiscovery> logger)
{
    /// <summary>The time after which a process without an answer ends, so that something starts it again and the failure is seen.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(15);

    /// <summary>Sets the seed nodes of this process to those that the API lists, before it joins.</summary>
    /// <param name="api">Null leaves the seed nodes as they are set.</param>
    /// <returns>The reason why the process cannot join; null if it can.</returns>
    public static async Task<string?> ApplyAsync(PodApi? api, ClusterOptions options, Action<string?> waiting, TimeProvider time, ILoggerFactory logs, CancellationToken stop)
    {
        if (api is null)
            return null;
        var found = await new LearnerDiscovery(api, options, time, logs.CreateLogger<LearnerDiscovery>()).FindAsync(waiting, stop);
        options.SeedNodes = [.. found.SeedNodes];
        return found.Failure;
    }

    /// <summary>Asks the API until it lists processes that learn.</summary>
    /// <param name="waiting">Called with the reason while waiting, and with null when the wait is over.</param>
    public async Task<DiscoveredLearners> FindAsync(Action<string?> waiting, CancellationToken stop)
    {
        var start = time.GetTimestamp();
        var delay = FirstDelay;
        string? logged = null;
        while (true)
        {
            var (pods, reason) = await api.ListAsync(options.Kubernetes.LabelSelector!, stop);
            if (pods is not null)
            {
                var learners = LearnerPods.Of(pods, api.Namespace, options);
                reason = learners.Problem(options, api.Namespace);
                if (reason is null)
                {
                    waiting(null);
                    return Checked(learners.Addresses);
                }
            }

            waiting(reason);
            if (time.GetElapsedTime(start) >= Limit)
                return new DiscoveredLearners([], $"No process that learns was found in {Duration.Format(Limit)}, because {reason}.");
            if (!string.Equals(logged, reason, StringComparison.Ordinal))
                LogWaiting(logged = reason);
            await Task.Delay(delay, time, stop);
            delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay;
        }
    }

    // A learner that the others do not know by its address would never be asked by them, and alone it would start no cluster.
    private DiscoveredLearners Checked(IReadOnlyList<string> addresses)
    {
        var own = $"{options.PublicHost}:{options.Port}";
        if (options.Learns && !addresses.Contains(own, StringComparer.OrdinalIgnoreCase))
        {
            return new DiscoveredLearners([], $"This process learns at {own}, but the pods with the labels '{options.Kubernetes.LabelSelector}' are {string.Join(", ", addresses)}. "
                + "Set 'cluster.advertisedHost' to the DNS name of the pod, and 'cluster.kubernetes' so that it selects this pod.");
        }

        var found = string.Join(", ", addresses);
        LogFound(found);
        return new DiscoveredLearners(addresses, null);
    }

    [LoggerMessage(EventId = 253, Level = LogLevel.Warning, Message = "The processes that learn are not known yet, because {Reason}. The API of Kubernetes is asked again.")]
    private partial void LogWaiting(string? reason);

    [LoggerMessage(EventId = 254, Level = LogLevel.Information, Message = "The processes that learn are {Addresses}.")]
    private partial void LogFound(string addresses);
}
