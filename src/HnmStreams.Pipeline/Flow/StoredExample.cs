using System.Diagnostics;
using HnmStreams.Data.Records;
using HnmStreams.Mining.Payloads;

namespace HnmStreams.Pipeline.Flow;

/// <summary>
/// An example that the ranking stage keeps; its payload lies in the the payload store. Pool and reservoirs share
/// one, and count their hold on it.
/// </summary>
/// <remarks>Owned by the ranking stage: no locks.</remarks>
internal sealed class StoredExample(in RowSource source, SlabHandle payload, int label, float weight)
{
    // A reference and the bookkeeping beside the payload: id string, source and object headers.
    private const int Overhead = 200;

    public RowSource Source { get; } = source;

    public string Id => Source.Id;

    public Origin Origin => Source.Origin;

    public ActivityContext Trace => Source.Trace;

    public SlabHandle Payload { get; } = payload;

    public int Label { get; } = label;

    public float Weight { get; } = weight;

    public int Holders { get; set; }

    /// <summary>Bytes that keeping it costs.</summary>
    public int Bytes => BytesFor(Payload.Length);

    /// <summary>Bytes that keeping a payload of this length would cost.</summary>
    public static int BytesFor(int payloadLength) => SlabAllocator.BlockBytes(payloadLength) + Overhead;
}
