using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Hosting;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Pipeline.Cluster;
using HnmStreams.Pipeline.Cluster.Remoting;
using ClusterSettings = HnmStreams.Configuration.ClusterSettings;

namespace HnmStreams.Host.Cluster;

/// <summary>The membership of a process in the cluster: its configuration, and the members that may be the learner.</summary>
/// <remarks>Membership only lists the processes. The lease on the checkpoints decides which of them learns, and the epoch decides which state counts.</remarks>
internal static class ClusterMembership
{
    /// <summary>The name of the actor system of all members.</summary>
    public const string SystemName = "hnm";

    /// <summary>The failure of a process whose actor system has ended because the learner removed it.</summary>
    public const string RemovedMessage = "The learner has removed this process from the cluster, because it could not be reached. Start it again.";

    /// <summary>Returns the settings of the connections of a member.</summary>
    /// <exception cref="SettingsException">The address is not loopback and no certificate is set, or the certificate is not usable.</exception>
    public static RemotingSettings Remoting(ClusterOptions options, TimeProvider time)
    {
        try
        {
            return RemotingSettings.Create(new NodeAddress(options.Host, options.PublicHost, options.Port), options.Security, time);
        }
        catch (ClusterSecurityException e)
        {
            throw new SettingsException(e.Message, e);
        }
    }

    /// <summary>Makes an actor system a member of the cluster.</summary>
    public static void Configure(AkkaConfigurationBuilder akka, ClusterOptions options, RemotingSettings remoting)
    {
        akka.AddHocon(Configuration(options).WithFallback(remoting.Configuration), HoconAddMode.Prepend);
        if (remoting.Tls is { } tls)
            akka.AddSetup(tls);
    }

    private static Config Configuration(ClusterOptions options) => ConfigurationFactory.ParseString($$"""
        akka {
          actor.provider = cluster
          # A process that is started again is reachable soon.
          remote.retry-gate-closed-for = 500ms
          # ConnectionFailures reports failed attempts.
          remote.log-remote-lifecycle-events = off
          cluster {
            roles = [{{string.Join(", ", Roles(options))}}]
            # Threads of torch take the processors for long; three seconds without a heartbeat are no failure.
            failure-detector.acceptable-heartbeat-pause = 8s
            # A process that is started again at its address joins at the second attempt, because the first one removes its predecessor.
            retry-unsuccessful-join-after = 1s
            seed-node-timeout = 2s
            # The learner removes members, see UnreachableMembers.
            downing-provider-class = "Akka.Cluster.NoDowning, Akka.Cluster"
          }
        }
        """).WithFallback(ClusterConfiguration.Messages);

    /// <summary>Joins through the seed nodes, or starts the cluster.</summary>
    public static void Join(ActorSystem system, ClusterOptions options, TimeProvider time, ILoggerFactory logs)
    {
        system.ActorOf(Props.Create(() => new QuarantineListener(logs.CreateLogger<QuarantineListener>())));
        system.ActorOf(Props.Create(() => new ConnectionFailures(time, logs.CreateLogger<ConnectionFailures>())));
        var cluster = Akka.Cluster.Cluster.Get(system);
        if (options.SeedNodes.Length == 0)
        {
            cluster.Join(cluster.SelfAddress);
            return;
        }

        cluster.JoinSeedNodes([.. SeedNodes(system, options)]);
    }

    /// <summary>Returns the address of this member as host and port.</summary>
    public static string AddressOf(ActorSystem system)
    {
        var address = Akka.Cluster.Cluster.Get(system).SelfAddress;
        return string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");
    }

    /// <summary>Returns the members that learn or wait to learn, and the seed nodes: one that is started again may be the learner before the others have admitted it, which takes long while a member is unreachable.</summary>
    public static IReadOnlyCollection<Address> Learners(ActorSystem system, ClusterOptions options) =>
    [
        .. Akka.Cluster.Cluster.Get(system).State.Members
            .Where(member => member.HasRole(ClusterOptions.Learn) && member.Status is not (MemberStatus.Down or MemberStatus.Removed))
            .Select(member => member.Address)
            .Union(SeedNodes(system, options)),
    ];

    /// <summary>Returns a token that is canceled when the actor system ends, for example because the learner has removed this process.</summary>
    public static CancellationToken EndOf(ActorSystem system)
    {
        // Without timer and handle, it needs no disposal.
        var ended = new CancellationTokenSource();
        _ = system.WhenTerminated.ContinueWith(_ => ended.CancelAsync(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return ended.Token;
    }

    /// <summary>Leaves the cluster, so that the others need not find out.</summary>
    public static async Task LeaveAsync(ActorSystem system, TimeSpan timeout, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        await Akka.Cluster.Cluster.Get(system).LeaveAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static IEnumerable<Address> SeedNodes(ActorSystem system, ClusterOptions options) =>
        options.SeedNodes.Select(ClusterSettings.ParseNode).Select(node => new Address(Akka.Cluster.Cluster.Get(system).SelfAddress.Protocol, SystemName, node.Host, node.Port));

    private static IEnumerable<string> Roles(ClusterOptions options)
    {
        if (options.Scores)
            yield return ClusterOptions.Score;
        if (options.Learns)
            yield return ClusterOptions.Learn;
    }
}
