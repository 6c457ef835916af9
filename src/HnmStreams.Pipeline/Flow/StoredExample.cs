using System.Diagnostics;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Payloads;

namespace HnmStreams.Pipeline.Flow;

/// <summary>
/// An example that the ranking stage keeps. Its payload is in the payload store. Pool and reservoirs share an example
/// and count their references to it.
/// </summary>
/// <remarks>Owned by the ranking stage: no locks.</remarks>
internal sealed class StoredExample(in RowSource source, SlabHandle payload, int label, float weight)
{
    private const byte MaxTracedUses = 12;

    // The reference and the bookkeeping beside the payload: id string, source and object headers.
    private const int OverheadBytes = 200;

    private byte _tracedUses;

    public RowSource Source { get; } = source;

    public string Id => Source.Id!;

    public Origin Origin => Source.Origin;

    /// <summary>The span of the ranking if the record is traced, else default.</summary>
    public ActivityContext Trace => Source.Trace;

    public SlabHandle Payload { get; } = payload;

    public int Label { get; } = label;

    public float Weight { get; } = weight;

    /// <summary>The number of places that hold it.</summary>
    public int Holders { get; set; }

    /// <summary>Counts a use in a training step that is traced. An example can stay for days in a reservoir, so the number of its traced uses is bounded.</summary>
    /// <returns>False if its record is not traced, or was traced often enough.</returns>
    public bool TryTraceUse() => Source.Trace.TraceId != default && _tracedUses < MaxTracedUses && _tracedUses++ < MaxTracedUses;

    /// <summary>The bytes of memory that it occupies.</summary>
    public int Bytes => BytesFor(Payload.Length);

    /// <summary>Returns the bytes of memory that an example with a payload of this length occupies.</summary>
    public static int BytesFor(int payloadLength) => SlabAllocator.BlockBytes(payloadLength) + OverheadBytes;
}
