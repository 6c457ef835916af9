using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Pool;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Memory.Groups;
using HnmStreams.Pipeline.Ranking.Requests;
using HnmStreams.Pipeline.Ranking.Sharing;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>
/// A capture of the ranking stage's state: small structures as bytes, the pool as a copy of its index, and the payloads in place,
/// protected by a pin. Taking it costs milliseconds; another thread writes it.
/// </summary>
/// <param name="release">Has the pin taken back on the ranking stage's thread. Called once, on any thread, when this is disposed.</param>
/// <remarks>One owner, which disposes it when it is written.</remarks>
internal sealed class RankerCapture(
    PayloadStore payloads,
    ExampleTable examples,
    StateWriter small,
    PoolSnapshot<ExampleKey, StoredExample> pool,
    Action<StateWriter> heldOut,
    Action<StateWriter>? audit,
    Action<StateWriter>? poolSize,
    Action<StateWriter>? requests,
    Action<StateWriter>? falseNegatives,
    IReadOnlyList<StreamPosition> positions,
    Action<long> release) : IStateCapture
{
    public const string SmallPart = "ranking.bin";
    public const string PoolPart = "pool.bin";
    public const string HeldOutPart = "held-out.bin";
    public const string ExamplesPart = "examples.bin";

    private readonly long _pin = payloads.Pin();

    public string Name => "ranking";

    public IReadOnlyList<StreamPosition>? Positions { get; } = positions;

    public long? Consumed { get; init; }

    /// <summary>Writes the slack of the bound for score nodes; null without one.</summary>
    public Action<StateWriter>? Slack { get; init; }

    /// <summary>Returns the parts. The table of examples is last: it is complete only when all parts that refer to it are written.</summary>
    public IEnumerable<CheckpointPart> Parts()
    {
        yield return new CheckpointPart(SmallPart, stream => stream.Write(StateFrame.Close(small)));
        yield return new CheckpointPart(PoolPart, stream => Frame(stream, writer => pool.Save(writer, ExampleKeyCodec.Instance, examples)));
        yield return new CheckpointPart(HeldOutPart, stream => Frame(stream, heldOut));
        if (audit is not null)
            yield return new CheckpointPart(IdAudit.PartName, stream => Frame(stream, audit));
        if (poolSize is not null)
            yield return new CheckpointPart(PoolSizing.PartName, stream => Frame(stream, poolSize));
        if (requests is not null)
            yield return new CheckpointPart(LabelRequests.PartName, stream => Frame(stream, requests));
        if (falseNegatives is not null)
            yield return new CheckpointPart(FalseNegatives.PartName, stream => Frame(stream, falseNegatives));
        if (Slack is not null)
            yield return new CheckpointPart(HardnessBound.PartName, stream => Frame(stream, Slack));
        yield return new CheckpointPart(ExamplesPart, stream => ExamplesFile.Write(stream, examples.Examples, payloads));
    }

    public void Dispose()
    {
        pool.Dispose();
        payloads.Leave();
        release(_pin);
    }

    private static void Frame(Stream stream, Action<StateWriter> write)
    {
        var writer = new StateWriter();
        write(writer);
        stream.Write(StateFrame.Close(writer));
    }
}
