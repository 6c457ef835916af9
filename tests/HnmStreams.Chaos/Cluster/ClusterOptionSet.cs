using System.CommandLine;

namespace HnmStreams.Chaos.Cluster;

/// <summary>The options of the command line for a chaos run of a cluster.</summary>
internal sealed class ClusterOptionSet
{
    public Option<bool> Enabled { get; } = new("--cluster") { Description = "Run score nodes, a learner and its standby instead of one process. Only the options for a cluster, --broker-restarts and --examples count then" };

    public Option<int> Nodes { get; } = Count("--nodes", "With --cluster: number of score nodes", 3);

    public Option<int> NodeKills { get; } = Count("--node-kills", "With --cluster: number of times that a score node is killed with SIGKILL");

    public Option<int> LearnerKills { get; } = Count("--learner-kills", "With --cluster: number of times that the learner is killed and its standby takes over");

    public Option<int> NodeFreezes { get; } = Count("--node-freezes", "With --cluster: number of times that a score node is stopped with SIGSTOP for 9 s, and continued");

    public Option<int> LearnerFreezes { get; } = Count("--learner-freezes", "With --cluster: number of times that the learner is stopped with SIGSTOP until its standby has taken over, and continued");

    public Option<int> RollingRestarts { get; } = Count("--rolling-restarts", "With --cluster: number of times that all processes are restarted one after the other");

    /// <summary>Returns the options of the run.</summary>
    public ClusterChaosOptions Of(ParseResult parsed, CommonOptions common, int brokerRestarts, int examples, string work) => new(
        parsed.GetValue(Nodes),
        parsed.GetValue(NodeKills),
        parsed.GetValue(LearnerKills),
        parsed.GetValue(NodeFreezes),
        parsed.GetValue(LearnerFreezes),
        brokerRestarts,
        parsed.GetValue(RollingRestarts),
        examples,
        parsed.GetValue(common.Seed),
        common.HnmOf(parsed),
        work,
        common.SummaryOf(parsed),
        CommonOptions.KafkaHome!);

    /// <summary>Returns the reason why the run cannot start, or null if it can.</summary>
    public string? Validate(ParseResult parsed) =>
        !parsed.GetValue(Enabled)
            ? (parsed.GetValue(NodeKills) + parsed.GetValue(LearnerKills) + parsed.GetValue(NodeFreezes) + parsed.GetValue(LearnerFreezes) + parsed.GetValue(RollingRestarts) == 0 ? null : "--node-kills, --learner-kills, --node-freezes, --learner-freezes and --rolling-restarts need --cluster")
            : CommonOptions.KafkaHome is null ? "--cluster starts its own Kafka: set KAFKA_HOME (Apache Kafka 3.9 or later, with Java 17)"
            : !OperatingSystem.IsLinux() ? "--cluster needs Linux, because it stops processes with SIGSTOP"
            : parsed.GetValue(Nodes) is < 1 or > 16 ? "--nodes must be 1 to 16"
            : parsed.GetValue(NodeKills) < 0 || parsed.GetValue(LearnerKills) < 0 || parsed.GetValue(NodeFreezes) < 0 || parsed.GetValue(LearnerFreezes) < 0 || parsed.GetValue(RollingRestarts) < 0 ? "the numbers of events must be at least 0"
            : null;

    private static Option<int> Count(string name, string description, int byDefault = 0) => new(name) { HelpName = "N", Description = description, DefaultValueFactory = _ => byDefault };
}
