using HnmStreams.Data.Rows;
using HnmStreams.Mining.Galleries;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Reservoirs;
using HnmStreams.Mining.Selection;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Pipeline.Memory.Groups;

/// <summary>
/// An index of the examples of a task with groups: a sample that is balanced by group, and the newest embedding of each
/// example. Each score and each training step updates it. The hardness of an example is the similarity of the nearest example that
/// shares no group with it minus that of the nearest that shares one.
/// </summary>
/// <remarks>Owned by the ranking stage. A lookup is O(index x width).</remarks>
internal sealed class GroupIndex
{
    private const string Structure = "group index";
    private static readonly PositiveAwareOptions Unfiltered = new();

    private readonly IGroupedTask _task;
    private readonly PayloadStore _payloads;
    private readonly Gallery<CandidateKey> _gallery;
    private readonly FurtherMembers _further = new();

    public GroupIndex(IGroupedTask task, Xoshiro256StarStar generator, PayloadStore payloads)
    {
        (_task, _payloads) = (task, payloads);
        _gallery = new Gallery<CandidateKey>(task.Index.ToGallery(), task.OutputWidth);
        Kept = new ClassBalancedReservoir<CandidateKey, StoredExample>(task.Index.Capacity, generator, OnLeft);
    }

    /// <summary>The sample of examples that batches are drawn from, each under its own group.</summary>
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
        _further.Add(key, kept, FurtherGroupsOf(kept));
        return kept;
    }

    /// <summary>Returns the number of examples of a group, including those whose further group it is.</summary>
    public int CountOf(int group) => Kept.CountOf(group) + _further.CountOf(group);

    /// <summary>Returns the examples of a group, including those whose further group it is. Valid until the next change.</summary>
    public IEnumerable<KeyValuePair<CandidateKey, StoredExample>> MembersOf(int group) =>
        _further.CountOf(group) == 0 ? Kept.ItemsOf(group) : Kept.ItemsOf(group).Concat(_further.Of(group));

    /// <summary>Appends the groups that have at least <paramref name="members"/> examples, in ascending order. O(groups).</summary>
    public void GroupsWith(int members, List<int> into)
    {
        if (_further.IsEmpty)
        {
            Kept.ClassesWith(members, into);
            return;
        }

        var all = new List<int>();
        Kept.ClassesWith(1, all);
        into.AddRange(all.Union(_further.Groups).Where(group => CountOf(group) >= members).Order());
    }

    /// <summary>Returns the labels of the further groups of an example.</summary>
    public ReadOnlySpan<int> FurtherGroupsOf(StoredExample example) => _task.FurtherGroups(_payloads.Read(example));

    /// <summary>Returns true if two examples share a group, so that neither is a negative of the other.</summary>
    public bool Share(StoredExample first, StoredExample second)
    {
        if (first.Label == second.Label)
            return true;
        var firsts = FurtherGroupsOf(first);
        var seconds = FurtherGroupsOf(second);
        return firsts.Contains(second.Label) || seconds.Contains(first.Label) || (seconds.Length > 0 && firsts.ContainsAny(seconds));
    }

    /// <summary>Looks an embedding up, and stores it if its example is in the sample.</summary>
    /// <param name="payload">The row of the example, which names its further groups.</param>
    /// <returns>The similarity of the nearest that shares no group minus that of the nearest that shares one, -2 to 2; NaN if one of them is missing.</returns>
    public float Lookup(CandidateKey key, int group, ReadOnlySpan<byte> payload, ReadOnlySpan<float> embedding, long version)
    {
        foreach (var value in embedding)
        {
            if (!float.IsFinite(value))
                return float.NaN;
        }

        var further = _task.FurtherGroups(payload);
        var answer = _gallery.Nearest(key, group, embedding, Unfiltered, further);
        if (Kept.TryGet(key, out _, out _))
            _gallery.Put(key, group, embedding, version, further);
        return answer.OtherGroup - answer.SameGroup;
    }

    /// <summary>The pairs that are no negatives of each other although they share no group.</summary>
    public FalseNegatives FalseNegatives { get; } = new();

    /// <summary>Returns the nearest example that shares no group with an example, and its group; null if none exists.</summary>
    public (CandidateKey Key, int Group)? RivalOf(CandidateKey key, StoredExample example)
    {
        if (!_gallery.TryGet(key, out var embedding))
            return null;
        var answer = _gallery.Nearest(key, example.Label, embedding, Unfiltered, FurtherGroupsOf(example));
        return float.IsNaN(answer.OtherGroup) ? null : (answer.NearestOther, answer.NearestOtherGroup);
    }

    /// <summary>Appends the nearest examples that share no group with an example and pass the task's filter, nearest first; none if it has no embedding.</summary>
    public void Rivals(CandidateKey key, StoredExample example, int count, ICollection<CandidateKey> into)
    {
        if (_gallery.TryGet(key, out var embedding))
            _gallery.NearestOthers(key, example.Label, embedding, _task.Index.Filter, count, into, FurtherGroupsOf(example));
    }

    public void Forget(CandidateKey key)
    {
        Kept.Remove(key);
        FalseNegatives.Remove(key);
    }

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
        writer.Begin(Structure, 2);
        Kept.Save(writer, CandidateKeyCodec.Instance, examples);
        _gallery.Save(writer, CandidateKeyCodec.Instance);
    }

    /// <summary>Restores a saved index. Only for a new one.</summary>
    /// <exception cref="InvalidDataException">The state is not that of such an index, or its embeddings have another width.</exception>
    public void Restore(StateReader reader, ExampleTable examples)
    {
        reader.Expect(Structure, 2);
        Kept.Restore(reader, CandidateKeyCodec.Instance, examples);
        _gallery.Restore(reader, CandidateKeyCodec.Instance);
        var groups = new List<int>();
        Kept.ClassesWith(1, groups);
        foreach (var (key, example) in groups.SelectMany(Kept.ItemsOf))
            _further.Add(key, example, FurtherGroupsOf(example));
    }

    private void OnLeft(CandidateKey key, StoredExample example)
    {
        _gallery.Remove(key);
        _further.Remove(key, FurtherGroupsOf(example));
        _payloads.Release(example);
    }
}
