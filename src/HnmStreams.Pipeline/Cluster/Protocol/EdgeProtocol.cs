using System.Globalization;
using System.IO.Hashing;
using System.Text;
using HnmStreams.Tasks;

namespace HnmStreams.Pipeline.Cluster.Protocol;

/// <summary>The agreements between both ends of the edge between score nodes and the learner.</summary>
internal static class EdgeProtocol
{
    /// <summary>
    /// The version of messages and batches. Higher with each change of either. Both ends also speak the version before: a node greets with its own, and
    /// with the one before after a refusal; a learner answers in the version of the greeting.
    /// </summary>
    /// <remarks>2: suspected records (<see cref="EdgeMessage.Entering"/>), which a session of version 1 has not.</remarks>
    public const int Version = 2;

    /// <summary>The name of the actor that a learner is asked through.</summary>
    public const string ActorName = "hnm-learner";

    /// <summary>The maximum size of a part of a batch. A frame of Akka.Remote must hold it.</summary>
    public const int PartBytes = 64 * 1024;

    /// <summary>The maximum size of a batch.</summary>
    public const int MaxBatchBytes = 256 * 1024 * 1024;

    /// <summary>The time between two messages of the learner.</summary>
    public static readonly TimeSpan StateInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>The time between two messages of a node.</summary>
    public static readonly TimeSpan AliveInterval = TimeSpan.FromSeconds(1);

    /// <summary>The time between two greetings of a node that has no session.</summary>
    public static readonly TimeSpan HelloInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>The time for which a learner ignores further greetings of a node that it has just answered.</summary>
    public static readonly TimeSpan GreetingTime = TimeSpan.FromSeconds(2);

    /// <summary>The silence after which either end gives up the session.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    /// <summary>The time without a session after which a node leaves its consumer group, so that nodes that reach the learner read its partitions.</summary>
    public static readonly TimeSpan LeaveGroupAfter = TimeSpan.FromSeconds(10);

    /// <summary>Returns the identity of a task, the tensors of its network and the kind of its labels. Nodes with another one would send scores of another model, or reject examples without a label.</summary>
    /// <param name="signature">The name and the shape of each tensor, see <see cref="HnmStreams.Torch.Learning.Learner.Signature"/>.</param>
    public static string ShapeOf(IMiningTask task, string signature, bool labelsComeLater) =>
        string.Create(CultureInfo.InvariantCulture, $"{task.Name}/{XxHash64.HashToUInt64(Encoding.UTF8.GetBytes($"{task.OutputWidth}|{task.RowFormat}|{signature}")):x16}{(labelsComeLater ? "/labels-later" : "")}");
}
