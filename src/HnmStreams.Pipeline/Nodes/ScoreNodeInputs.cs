using Akka.Actor;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Pipeline.Nodes;

/// <summary>The inputs and outputs of a score node, which does not know Kafka.</summary>
/// <param name="Name">The name of the node, which no other node of the learner has.</param>
/// <param name="Decoder">Decodes the records. <see cref="IRecordDecoder.PrepareAsync"/> was called for each chunk before.</param>
/// <param name="DeadLetters">Receives rejected records. A batch is sent only when those that it covers are acknowledged.</param>
/// <param name="Learners">Returns the addresses of the processes that may be the learner. The one with the lease answers.</param>
/// <param name="Weights">Loads the weights of the learner. It must present the node's certificate if the learner requires one.</param>
public sealed record ScoreNodeInputs(
    string Name, IRestartableStream Stream, IRecordDecoder Decoder, IDeadLetterSink DeadLetters, Func<IReadOnlyCollection<Address>> Learners, HttpClient Weights)
{
    /// <summary>True if labels come later: unlabeled examples are predicted, and wait with the learner.</summary>
    public bool LabelsComeLater { get; init; }

    /// <summary>Receives the predictions of unlabeled examples. A batch is sent only when those of its examples are acknowledged. Null if they are not published.</summary>
    public IPredictionSink? Predictions { get; init; }
}
