using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using HnmStreams.Chaos.Networks;

namespace HnmStreams.Chaos.Cluster;

/// <summary>The options of the command line for a chaos run of a cluster.</summary>
internal sealed class ClusterOptionSet
{
    private readonly Option<bool> _enabled = new("--cluster") { Description = "Run score nodes, a learner and its standby instead of one process. Only the options for a cluster, --broker-restarts and --examples count then" };
    private readonly Option<int> _nodes = Count("--nodes", "With --cluster: number of score nodes", 3);
    private readonly Option<int> _nodeKills = Count("--node-kills", "With --cluster: number of times that a score node is killed with SIGKILL");
    private readonly Option<int> _learnerKills = Count("--learner-kills", "With --cluster: number of times that the learner is killed and its standby takes over");
    private readonly Option<int> _nodeFreezes = Count("--node-freezes", "With --cluster: number of times that a score node is stopped with SIGSTOP for 9 s, and continued");
    private readonly Option<int> _learnerFreezes = Count("--learner-freezes", "With --cluster: number of times that the learner is stopped with SIGSTOP until its standby has taken over, and continued");
    private readonly Option<int> _upgrades = Count("--upgrades", "With --cluster: number of times that all processes are restarted one after the other: score nodes, standby, learner");
    private readonly Option<int> _splits = Count("--splits", "With --cluster: number of times that the network is split between a node and the learner, a node and Kafka, or the learner and Kafka, in one direction or both; needs root");
    private readonly Option<bool> _namespaces = new("--namespaces") { Description = "With --cluster: run each process in a network namespace, as on a machine of its own; the default with --splits, --delay, --loss and --reorder" };
    private readonly Option<TimeSpan> _delay = new("--delay") { HelpName = "TIME", Description = "With --cluster: one-way delay of the network, for example 50ms", CustomParser = ParseDelay };
    private readonly Option<double> _loss = Share("--loss", "With --cluster: share of the packets that are lost, for example 1%");
    private readonly Option<double> _reorder = Share("--reorder", "With --cluster: share of the packets that overtake the delayed ones, for example 5%");

    public IEnumerable<Option> All => [_enabled, _nodes, _nodeKills, _learnerKills, _nodeFreezes, _learnerFreezes, _upgrades, _splits, _namespaces, _delay, _loss, _reorder];

    public bool IsEnabled(ParseResult parsed) => parsed.GetValue(_enabled);

    /// <summary>Returns the options of the run.</summary>
    public ClusterChaosOptions Of(ParseResult parsed, CommonOptions common, int brokerRestarts, int examples, string work) => new(
        parsed.GetValue(_nodes),
        parsed.GetValue(_nodeKills),
        parsed.GetValue(_learnerKills),
        parsed.GetValue(_nodeFreezes),
        parsed.GetValue(_learnerFreezes),
        brokerRestarts,
        parsed.GetValue(_upgrades),
        examples,
        parsed.GetValue(common.Seed),
        common.HnmOf(parsed),
        work,
        common.SummaryOf(parsed),
        CommonOptions.KafkaHome!)
    {
        Splits = parsed.GetValue(_splits),
        Network = UsesNamespaces(parsed) ? ConditionsOf(parsed) : null,
    };

    /// <summary>Returns the reason why the run cannot start, or null if it can.</summary>
    public string? Validate(ParseResult parsed) =>
        !parsed.GetValue(_enabled)
            ? (All.Where(option => option != _enabled).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given ? $"{given.Name} needs --cluster" : null)
            : CommonOptions.KafkaHome is null ? "--cluster starts its own Kafka: set KAFKA_HOME (Apache Kafka 3.9 or later, with Java 17)"
            : !OperatingSystem.IsLinux() ? "--cluster needs Linux, because it stops processes with SIGSTOP"
            : parsed.GetValue(_nodes) is < 1 or > 16 ? "--nodes must be 1 to 16"
            : ((Option<int>[])[_nodeKills, _learnerKills, _nodeFreezes, _learnerFreezes, _upgrades, _splits]).FirstOrDefault(option => parsed.GetValue(option) < 0) is { } negative ? $"{negative.Name} must be at least 0 but is {parsed.GetValue(negative)}"
            : UsesNamespaces(parsed) ? ConditionsOf(parsed).ReasonToRefuse() ?? NetworkNamespace.ReasonForAbsence()
            : null;

    private bool UsesNamespaces(ParseResult parsed) => parsed.GetValue(_namespaces) || parsed.GetValue(_splits) > 0 || ConditionsOf(parsed) != LinkConditions.Ideal;

    private LinkConditions ConditionsOf(ParseResult parsed) => new(parsed.GetValue(_delay), parsed.GetValue(_loss), parsed.GetValue(_reorder));

    private static Option<int> Count(string name, string description, int byDefault = 0) => new(name) { HelpName = "N", Description = description, DefaultValueFactory = _ => byDefault };

    private static Option<double> Share(string name, string description) => new(name) { HelpName = "PERCENT", Description = description, CustomParser = ParseShare };

    private static TimeSpan ParseDelay(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        var (digits, unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 1d) : text.EndsWith('s') ? (text[..^1], 1_000d) : ("", 0d);
        if (double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value <= 1e6)
            return TimeSpan.FromMilliseconds(value * unit);
        argument.AddError($"--delay must be a time such as 50ms or 1.5s but is '{text}'");
        return TimeSpan.Zero;
    }

    private static double ParseShare(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (text.EndsWith('%') && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent))
            return percent / 100;
        argument.AddError($"the share must be a percentage such as 1% but is '{text}'");
        return 0;
    }
}
