using System.IO.Hashing;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory.Waiting.Joining;

namespace HnmStreams.Pipeline.Memory.Waiting;

/// <summary>A label that has arrived.</summary>
/// <param name="Class">The class, as in a row.</param>
/// <param name="Weight">A factor on the weight of the input; 1 if the record has none.</param>
/// <param name="Time">The label's own time. An older label than the present one is ignored.</param>
internal readonly record struct ArrivedLabel(int Class, float Weight, DateTimeOffset Time);

/// <summary>The events of a mini-batch for the waiting store, in the order of the stream.</summary>
/// <remarks>One owner, one thread. Reusable after <see cref="Clear"/>. Adding takes O(bytes).</remarks>
internal sealed class WaitingBatch : IDisposable
{
    private readonly List<Entry> _entries = [];
    private readonly RowBuffer _contents = new();

    public int Count => _entries.Count;

    internal Entry this[int index] => _entries[index];

    /// <summary>Adds an input without a label.</summary>
    /// <param name="id">The id in UTF-8.</param>
    /// <param name="outputs">The outputs that were served; may be empty.</param>
    public void AddInput(
        in RowSource source, ReadOnlySpan<byte> id, ReadOnlySpan<byte> payload, float weight, bool isHeldOut, ReadOnlySpan<float> outputs, ServedPrediction served) =>
        Add(JoinEventKind.Input, source, id, payload, weight, isHeldOut, outputs, served, default);

    /// <summary>Adds an input with its label, from one record. At most one result follows from it.</summary>
    /// <inheritdoc cref="AddInput"/>
    public void AddExample(
        in RowSource source,
        ReadOnlySpan<byte> id,
        ReadOnlySpan<byte> payload,
        float weight,
        bool isHeldOut,
        ReadOnlySpan<float> outputs,
        ServedPrediction served,
        in ArrivedLabel label) =>
        Add(JoinEventKind.Example, source, id, payload, weight, isHeldOut, outputs, served, label);

    /// <summary>Adds a label.</summary>
    public void AddLabel(ExampleKey key, in ArrivedLabel label) => _entries.Add(new Entry(JoinEventKind.Label, key, -1, 0, label));

    /// <summary>Adds the deletion of an id.</summary>
    public void AddTombstone(ExampleKey key) => _entries.Add(new Entry(JoinEventKind.Tombstone, key, -1, 0, default));

    public void Clear()
    {
        _entries.Clear();
        _contents.Clear();
    }

    public void Dispose() => _contents.Dispose();

    internal ReadOnlySpan<byte> Content(int row) => _contents.Payload(row);

    private void Add(
        JoinEventKind kind,
        in RowSource source,
        ReadOnlySpan<byte> id,
        ReadOnlySpan<byte> payload,
        float weight,
        bool isHeldOut,
        ReadOnlySpan<float> outputs,
        ServedPrediction served,
        in ArrivedLabel label)
    {
        InputContent.Write(_contents, source, id, payload, weight, isHeldOut, outputs, served);
        _contents.Commit(0, 0);
        _entries.Add(new Entry(kind, source.Key, _contents.Count - 1, Hash(payload, weight), label));
    }

    private static ulong Hash(ReadOnlySpan<byte> payload, float weight) => XxHash3.HashToUInt64(payload, BitConverter.SingleToInt32Bits(weight));

    /// <summary>An event.</summary>
    /// <param name="Row">The row of the content; -1 without one.</param>
    internal readonly record struct Entry(JoinEventKind Kind, ExampleKey Key, int Row, ulong Hash, ArrivedLabel Label);
}
