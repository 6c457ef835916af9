using HnmStreams.Data.Rows;
using HnmStreams.Mining.Galleries;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Reservoirs;
using HnmStreams.Mining.Selection;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Pipeline.Memory;

/// <summary>
/// An index of the examples of a task with groups: a sample that is balanced by group, and the newest embedding of each
/// example. Each score and each training step updates it. The hardness of an example is the similarity of the nearest example of
/// another group minus that of the nearest of its own group.
/// </summary>
/// <remarks>Owned by the ranking stage. A lookup is O(index x width).</remarks>
internal sealed class GroupIndex
{
    private const string Structure = "group index";
    private static readonly PositiveAwareOptions Unfiltered = new();

    private readonly IGroupedTask _task;
    private readonly PayloadStore _payloads;
    private readonly Gallery<CandidateKey> _gallery;

    public GroupIndex(IGroupedTask task, Xoshiro256StarStar generator, PayloadStore payloads)
    {
        (_task, _payloads) = (task, payloads);
        _gallery = new Gallery<CandidateKey>(task.Index.ToGallery(), task.OutputWidth);
        Kept = new ClassBalancedReservoir<CandidateKey, StoredExample>(task.Index.Capacity, generator, OnLeft);
    }

    /// <summary>The sample of examples that batches are drawn from.</summary>
    public ClassBalancedReservoir<CandidateKey, StoredExample> Kept { get; }

    /// <summary>The number of examples that have an embedding.</summary>
    public int Embedded => _gallery.Count;

    /// <summary>The mean of the model versions that computed the embeddings; NaN if there are none. O(index).</summary>
    public double MeanVersion => _gallery.MeanVersion;

    /// <summary>Adds a row to the sample; returns null if the sample does not accept it.</summary>
    public StoredExample? Keep(CandidateKey key, ExampleBatch batch, int row)
    {
        var label = batch.Rows.Labels[row];
        if (Kept.TryGet(key, out var group, out var held))
        {
            if (group == label)
                return held;
            Kept.Remove(key);
        }

        if (!Kept.TryReserve(label))
            return null;
        var kept = _payloads.Keep(batch, row);
        kept.Holders++;
        Kept.Put(label, key, kept);
        return kept;
    }

    /// <summary>Looks an embedding up, and stores it if its example is in the sample.</summary>
    /// <returns>The similarity of the nearest of another group minus that of the nearest of its own group, -2 to 2; NaN if one of them is missing.</returns>
    public float Lookup(CandidateKey key, int group, ReadOnlySpan<float> embedding, long version)
    {
        foreach (var value in embedding)
        {
            if (!float.IsFinite(value))
                return float.NaN;
        }

        var answer = _gallery.Nearest(key, group, embedding, Unfiltered);
        if (Kept.TryGet(key, out _, out _))
            _gallery.Put(key, group, embedding, version);
        return answer.OtherGroup - answer.SameGroup;
    }

    /// <summary>Returns the group of the nearest example of another group; null if none exists.</summary>
    public int? RivalOf(CandidateKey key, int group)
    {
        if (!_gallery.TryGet(key, out var embedding))
            return null;
        var answer = _gallery.Nearest(key, group, embedding, Unfiltered);
        return float.IsNaN(answer.OtherGroup) ? null : answer.NearestOtherGroup;
    }

    /// <summary>Appends the nearest examples of other groups that pass the task's filter, nearest first; none if the key has no embedding.</summary>
    public void Rivals(CandidateKey key, int group, int count, ICollection<CandidateKey> into)
    {
        if (_gallery.TryGet(key, out var embedding))
            _gallery.NearestOthers(key, group, embedding, _task.Index.Filter, count, into);
    }

    public void Forget(CandidateKey key) => Kept.Remove(key);

    /// <summary>Appends all examples at weight 0, for the evaluation of held-out rows.</summary>
    public void CopyTo(RowBuffer rows)
    {
        var groups = new List<int>();
        Kept.ClassesWith(1, groups);
        foreach (var group in groups)
        {
            foreach (var (_, example) in Kept.ItemsOf(group))
                rows.Add(_payloads.Read(example), example.Label, 0);
        }
    }

    public void Save(StateWriter writer, ExampleTable examples)
    {
        writer.Begin(Structure, 1);
        Kept.Save(writer, CandidateKeyCodec.Instance, examples);
        _gallery.Save(writer, CandidateKeyCodec.Instance);
    }

    /// <summary>Restores a saved index. Only for a new one.</summary>
    /// <exception cref="InvalidDataException">The state is not that of such an index, or its embeddings have another width.</exception>
    public void Restore(StateReader reader, ExampleTable examples)
    {
        reader.Expect(Structure, 1);
        Kept.Restore(reader, CandidateKeyCodec.Instance, examples);
        _gallery.Restore(reader, CandidateKeyCodec.Instance);
    }

    private void OnLeft(CandidateKey key, StoredExample example)
    {
        _gallery.Remove(key);
        _payloads.Release(example);
    }
}
