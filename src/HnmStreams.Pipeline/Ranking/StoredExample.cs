using System.Diagnostics;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Batching;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>
/// An example that the ranking stage keeps, in memory of its own. Pool and reservoirs share one, and count their hold
/// on it; the payload goes back to the <see cref="PayloadStore"/> with the last.
/// </summary>
/// <remarks>Owned by the ranking stage: no locks.</remarks>
internal sealed class StoredExample(in RowSource source, byte[] payload, int length, int label, float weight)
{
    // A reference and the bookkeeping beside the payload: id string, source and object headers.
    private const int Overhead = 200;

    public RowSource Source { get; } = source;

    public string Id => Source.Id;

    public Origin Origin => Source.Origin;

    public ActivityContext Trace => Source.Trace;

    public byte[] Buffer { get; } = payload;

    public ReadOnlySpan<byte> Payload => Buffer.AsSpan(0, length);

    public int Label { get; } = label;

    public float Weight { get; } = weight;

    public int Holders { get; set; }

    /// <summary>Bytes that keeping it costs.</summary>
    public int Bytes => Buffer.Length + Overhead;
}
