using System.ComponentModel.DataAnnotations;
using HnmStreams.Pipeline.Cluster.Remoting;

namespace HnmStreams.Configuration.Sections;

/// <summary>
/// Several processes for one learner: score nodes read and score partitions of the topic, and the learner takes their batches. Off by default: one process
/// does both.
/// </summary>
public sealed class ClusterOptions
{
    /// <summary>The role of a process that scores only.</summary>
    public const string Score = "score";

    /// <summary>The role of a process that learns, or waits as a standby.</summary>
    public const string Learn = "learn";

    /// <summary>The role of a process that does both.</summary>
    public const string All = "all";

    /// <summary>The discovery of the processes that <see cref="SeedNodes"/> lists.</summary>
    public const string Static = "seedNodes";

    /// <summary>The discovery of the pods that learn, through the API of Kubernetes.</summary>
    public const string KubernetesApi = "kubernetes";

    /// <summary>Makes this process a member of a cluster.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// <c>score</c> reads partitions of the topic and scores them, <c>learn</c> learns from the batches of all score nodes, <c>all</c> does both. Of several processes that learn, the one
    /// with the lease on the checkpoints does, and the others wait.
    /// </summary>
    [Required, AllowedValues(Score, Learn, All)]
    public string Role { get; set; } = All;

    /// <summary>The name of the node, which no other node of the cluster has. If it is not set, it is the address that the node is reached at.</summary>
    [RegularExpression("^[A-Za-z0-9._:-]{1,200}$")]
    public string? NodeName { get; set; }

    /// <summary>The address that the cluster port and the weights port are bound to. Any other than a loopback address requires mutual TLS (<c>security</c>).</summary>
    [Required, RegularExpression("^[A-Za-z0-9.:-]{1,253}$")]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>The host name that other members reach this one at. If it is not set, it is <c>host</c>.</summary>
    [RegularExpression("^[A-Za-z0-9.:-]{1,253}$")]
    public string? AdvertisedHost { get; set; }

    /// <summary>The port of the members' messages; 0 for any free one.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; } = 8110;

    /// <summary>The port at which the learner offers its weights to score nodes; 0 for any free one.</summary>
    [Range(0, 65_535)]
    public int WeightsPort { get; set; } = 8111;

    /// <summary>Members that are asked to join through, as <c>host:port</c>. The first one starts the cluster if no other answers. If none is set and <c>discovery</c> is <c>seedNodes</c>, this process starts it.</summary>
    public string[] SeedNodes { get; set; } = [];

    /// <summary>
    /// <c>seedNodes</c> joins through the processes of <c>seedNodes</c>. <c>kubernetes</c> asks the API of the Kubernetes cluster that this process runs in, once at the start, for the pods of the processes that
    /// learn, and joins through them.
    /// </summary>
    [Required, AllowedValues(Static, KubernetesApi)]
    public string Discovery { get; set; } = Static;

    [Required]
    public KubernetesOptions Kubernetes { get; set; } = new();

    [Required]
    public ClusterSecurityOptions Security { get; set; } = new();

    /// <summary>The name or address that other members reach this one at.</summary>
    public string PublicHost => AdvertisedHost ?? Host;

    /// <summary>True if this process learns or waits to learn.</summary>
    public bool Learns => Role is Learn or All;

    /// <summary>True if this process reads partitions and scores them.</summary>
    public bool Scores => Role is Score or All;
}
