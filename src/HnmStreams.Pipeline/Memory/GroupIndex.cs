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
/// The examples of a task with groups, evenly by group, and the newest embedding of each: the model's own index, kept up
/// by every score and by every training step. What arrives is as hard as the nearest of another group is nearer than the
/// nearest of its own.
/// </summary>
/// <remarks>Owned by the ranking stage. A look-up O(index x width).</remarks>
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
        Kept = new ClassBalancedReservoir<CandidateKey, StoredExample>(task.Index.Capacity, generator, Left);
    }

    /// <summary>What batches are made of.</summary>
    public ClassBalancedReservoir<CandidateKey, StoredExample> Kept { get; }

    /// <summary>Examples that have an embedding.</summary>
    public int Embedded => _gallery.Count;

    /// <summary>Mean of the model versions that made the embeddings; NaN where there are none. O(index).</summary>
    public double MeanVersion => _gallery.MeanVersion;

    /// <summary>Takes a row in, where the sample wants it; null where it does not.</summary>
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

    /// <summary>Looks an embedding up, and keeps it where its example is kept.</summary>
    /// <returns>The similarity of the nearest other less that of the nearest of its own, -2 to 2; NaN where one of them is missing.</returns>
    public float Look(CandidateKey key, int group, ReadOnlySpan<float> embedding, long version)
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

    /// <summary>The group of the nearest other; null where there is none.</summary>
    public int? RivalOf(CandidateKey key, int group)
    {
        if (!_gallery.TryGet(key, out var embedding))
            return null;
        var answer = _gallery.Nearest(key, group, embedding, Unfiltered);
        return float.IsNaN(answer.OtherGroup) ? null : answer.NearestOtherGroup;
    }

    /// <summary>Appends the nearest of other groups, under the task's filter, nearest first; none where the key has no embedding.</summary>
    public void Rivals(CandidateKey key, int group, int count, ICollection<CandidateKey> into)
    {
        if (_gallery.TryGet(key, out var embedding))
            _gallery.NearestOthers(key, group, embedding, _task.Index.Filter, count, into);
    }

    public void Forget(CandidateKey key) => Kept.Remove(key);

    /// <summary>Appends all that is kept, at weight 0: what held-out rows look in.</summary>
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

    /// <summary>Only for a new one.</summary>
    /// <exception cref="InvalidDataException">No such index is there, or its embeddings have another width.</exception>
    public void Restore(StateReader reader, ExampleTable examples)
    {
        reader.Expect(Structure, 1);
        Kept.Restore(reader, CandidateKeyCodec.Instance, examples);
        _gallery.Restore(reader, CandidateKeyCodec.Instance);
    }

    private void Left(CandidateKey key, StoredExample example)
    {
        _gallery.Remove(key);
        _payloads.Release(example);
    }
}
