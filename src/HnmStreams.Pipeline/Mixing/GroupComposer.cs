using HnmStreams.Data.Examples;
using HnmStreams.Mining.Composition;
using HnmStreams.Mining.Pool;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Budget;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Memory.Groups;
using HnmStreams.Pipeline.Telemetry;
using HnmStreams.Tasks.Embeddings;

namespace HnmStreams.Pipeline.Mixing;

/// <summary>
/// Composes batches of groups with the same number of items each. Some groups are drawn by a hard item, together with the group that
/// the item is mistaken for; the others are random. Each group then gets negatives of its first item: the nearest in
/// the index, or random ones if mining is not allowed. An example that shares a group with the item is never one of them.
/// </summary>
/// <remarks>Owned by the ranking stage. O(groups in the stream + batch x index x width) if negatives are mined.</remarks>
internal sealed class GroupComposer(
    IGroupedTask task,
    MixOptions mix,
    MiningBudget budget,
    Xoshiro256StarStar generator,
    PayloadStore payloads,
    GroupIndex index,
    IHardPool<ExampleKey, StoredExample> pool) : IBatchComposer
{
    // A pair needs two items.
    private const int MinItems = 2;

    private readonly List<DrawnItem<ExampleKey, StoredExample>> _hard = [];
    private readonly List<int> _groups = [];
    private readonly List<(int Group, DrawnItem<ExampleKey, StoredExample>? Hard, CandidateKey? Rival)> _taken = [];
    private readonly HashSet<int> _takenGroups = [];
    private readonly List<CandidateKey> _rivals = [];
    private readonly HashSet<CandidateKey> _inBatch = [];
    private readonly List<KeyValuePair<CandidateKey, StoredExample>> _drawn = [];

    /// <summary>True if at least two groups have a pair; otherwise there is nothing to separate.</summary>
    public bool HasSupply
    {
        get
        {
            FindGroups();
            return _groups.Count > 1;
        }
    }

    public TrainingBatch Compose(long step, bool miningAllowed)
    {
        var mined = miningAllowed && budget.HardShare > 0;
        FindGroups();
        var supply = new MixSupply(0, 0, Math.Min(2 * pool.Count, _groups.Count), _groups.Count);
        var plan = task.Compose(mix.WithHardShare(budget.HardShare), supply, mined);
        var batch = new TrainingBatch(plan);
        Clear();
        TakeHard(plan.HardNegatives, step);
        TakeRandom(Math.Min(plan.Count, _groups.Count), generator);
        Fill(batch, mined, generator);
        if (plan.Shortfall is not null)
            PipelineInstruments.Shortfalls.Add(1);
        return batch;
    }

    /// <summary>Composes a batch of random groups and random negatives. No row is shared with the mined batch, because only whole groups are useful.</summary>
    public TrainingBatch ComposeRandom(TrainingBatch mined, Xoshiro256StarStar draws) => ComposeFromRandomGroups(new TrainingBatch(mined.Plan), draws);

    /// <summary>Returns a copy of the mined batch: groups have no shares of positives, and the negatives of a group are part of it.</summary>
    public TrainingBatch ComposeVariant(TrainingBatch mined, double hardShare, double positiveShare, long step, bool miningAllowed, Xoshiro256StarStar draws) =>
        mined.Of(Enumerable.Range(0, mined.Rows.Count));

    public TrainingBatch ComposeExtra(Xoshiro256StarStar draws)
    {
        FindGroups();
        return ComposeFromRandomGroups(new TrainingBatch(task.Compose(mix, new MixSupply(0, 0, 0, _groups.Count), miningAllowed: false)) { IsExtra = true }, draws);
    }

    private TrainingBatch ComposeFromRandomGroups(TrainingBatch batch, Xoshiro256StarStar draws)
    {
        FindGroups();
        Clear();
        TakeRandom(Math.Min(batch.Plan.Count, _groups.Count), draws);
        Fill(batch, mined: false, draws);
        return batch;
    }

    private void Clear()
    {
        _taken.Clear();
        _takenGroups.Clear();
        _inBatch.Clear();
    }

    private void Fill(TrainingBatch batch, bool mined, Xoshiro256StarStar draws)
    {
        var anchors = new KeyValuePair<CandidateKey, StoredExample>[_taken.Count];
        for (var i = 0; i < anchors.Length; i++)
        {
            anchors[i] = AddItems(batch, _taken[i].Group, _taken[i].Hard, draws);
            if (_taken[i].Rival is { } rival && index.Kept.TryGet(rival, out _, out var mistakenFor))
                AddPair(batch, anchors[i], new(rival, mistakenFor), batch.Rows.Count - task.Batch.ItemsPerGroup, (_taken[i].Hard!.Value.Item.Hardness, _taken[i].Hard!.Value.Item.Version));
        }


        for (var i = 0; task.Batch.MinedPerGroup > 0 && i < anchors.Length; i++)
            AddNegatives(batch, anchors[i], mined, draws);
    }

    private void FindGroups()
    {
        _groups.Clear();
        index.GroupsWith(MinItems, _groups);
    }

    // A drawn item brings its own group and its rival's: the item is only hard if both are in the batch.
    private void TakeHard(int groups, long step)
    {
        _hard.Clear();
        pool.MaxUses = budget.MaxUses;
        pool.Draw((groups + 1) / 2, step, generator, _hard);
        foreach (var item in _hard)
        {
            var rival = index.RivalOf(item.Item.Key, item.Item.Payload);
            Take(item.Item.Payload.Label, item, rival?.Key);
            if (_taken.Count < groups && rival is { Group: var group })
                Take(group, null);
        }
    }

    private void TakeRandom(int groups, Xoshiro256StarStar draws)
    {
        for (var i = 0; i < _groups.Count && _taken.Count < groups; i++)
        {
            var other = i + draws.NextInt32(_groups.Count - i);
            (_groups[i], _groups[other]) = (_groups[other], _groups[i]);
            Take(_groups[i], null);
        }
    }

    private void Take(int group, DrawnItem<ExampleKey, StoredExample>? hard, CandidateKey? rival = null)
    {
        if (index.CountOf(group) >= MinItems && _takenGroups.Add(group))
            _taken.Add((group, hard, rival));
    }

    // The number of items that the task requires; an item is repeated only if the group has too few. Items that another group has
    // brought into the batch come last.
    private KeyValuePair<CandidateKey, StoredExample> AddItems(TrainingBatch batch, int group, DrawnItem<ExampleKey, StoredExample>? hard, Xoshiro256StarStar draws)
    {
        var items = index.MembersOf(group).Where(item => item.Key != hard?.Item.Key).ToArray();
        draws.Shuffle<KeyValuePair<CandidateKey, StoredExample>>(items);
        items = [.. items.OrderBy(item => _inBatch.Contains(item.Key))];
        // The pool's item, which the index may not contain.
        if (hard is { } drawn)
            Add(batch, drawn.Item.Key, drawn.Item.Payload, "hard", drawn.Weight);
        for (var i = 0; i < task.Batch.ItemsPerGroup - (hard is null ? 0 : 1); i++)
        {
            var (key, example) = items[i % items.Length];
            Add(batch, key, example, "random", 1);
        }

        return hard is { } anchor ? new(anchor.Item.Key, anchor.Item.Payload) : items[0];
    }

    // Random negatives replace those that cannot be mined yet, so that the batch size does not change.
    private void AddNegatives(TrainingBatch batch, KeyValuePair<CandidateKey, StoredExample> anchor, bool mined, Xoshiro256StarStar draws)
    {
        var added = mined ? AddMined(batch, anchor) : 0;
        if (added == task.Batch.MinedPerGroup)
            return;
        _drawn.Clear();
        index.Kept.Draw(4 * (task.Batch.MinedPerGroup - added), draws, _drawn);
        foreach (var (key, example) in _drawn)
        {
            if (added == task.Batch.MinedPerGroup)
                return;
            if (index.Share(anchor.Value, example) || _inBatch.Contains(key))
                continue;
            Add(batch, key, example, "random", 1);
            added++;
        }
    }

    private int AddMined(TrainingBatch batch, KeyValuePair<CandidateKey, StoredExample> anchor)
    {
        _rivals.Clear();
        index.Rivals(anchor.Key, anchor.Value, task.Batch.MinedFrom, _rivals);
        var added = 0;
        for (var i = 0; i < _rivals.Count && added < task.Batch.MinedPerGroup; i++)
        {
            var other = i + generator.NextInt32(_rivals.Count - i);
            (_rivals[i], _rivals[other]) = (_rivals[other], _rivals[i]);
            if (_inBatch.Contains(_rivals[i]) || !index.Kept.TryGet(_rivals[i], out _, out var example) || index.FalseNegatives.Contains(anchor.Key, _rivals[i]))
                continue;
            Add(batch, _rivals[i], example, "mined", 1);
            AddPair(batch, anchor, new(_rivals[i], example), batch.Rows.Count - 1, hard: null);
            added++;
        }

        return added;
    }

    // For the cross-encoder, if there is one. Two texts of the same side are no query and passage.
    private void AddPair(TrainingBatch batch, KeyValuePair<CandidateKey, StoredExample> anchor, KeyValuePair<CandidateKey, StoredExample> other, int row, (float Hardness, long Version)? hard)
    {
        if (task.PairTeacher is not { } teacher)
            return;
        var (query, passage) = (anchor.Value, other.Value);
        if (teacher.QueryPrefix is { } prefix)
        {
            if (IsQuery(query) == IsQuery(passage))
                return;
            if (!IsQuery(query))
                (query, passage) = (passage, query);

            bool IsQuery(StoredExample example) => example.Id.StartsWith(prefix, StringComparison.Ordinal);
        }

        batch.Pairs ??= new MinedPairs();
        batch.Pairs.Add(new MinedPair(anchor.Key, other.Key, other.Value.Id, row, hard), query, payloads.Read(query), passage, payloads.Read(passage));
    }

    private void Add(TrainingBatch batch, CandidateKey key, StoredExample example, string origin, float correction)
    {
        _inBatch.Add(key);
        batch.Add(key, example, payloads.Read(example), correction);
        batch.Trace(example, origin);
        PipelineInstruments.Drawn.Add(1, new KeyValuePair<string, object?>("origin", origin));
    }
}
