using CsCheck;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.HardNegatives;

namespace HnmStreams.Kafka.Tests.HardNegatives;

public sealed class PendingChangesTests
{
    /// <summary>Checks random sequences of changes, and that the number of waiting changes is bounded.</summary>
    [Fact]
    public void The_published_changes_add_up_to_the_pool_except_for_rejected_candidates() =>
        Gen.Select(Gen.Int[1, 30], Gen.Select(Gen.Int[0, 6], Gen.Int[0, 39]).Array[0, 400], Gen.Int[0, 400]).Sample(Check, iter: 500);

    private static void Check(int capacity, (int Kind, int Candidate)[] events, int readAt)
    {
        var pending = new PendingChanges(capacity);
        var topic = new Dictionary<string, HardNegativeEntry>(StringComparer.Ordinal) { ["old"] = Entry("old", 0), ["c1"] = Entry("c1", 0) };
        var kept = new Dictionary<string, HardNegativeEntry>(StringComparer.Ordinal) { ["c1"] = Entry("c1", 1), ["c2"] = Entry("c2", 1) };
        pending.Begin(kept.Values);
        var rejected = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i <= Math.Max(events.Length, readAt); i++)
        {
            // The topic is read before anything is published; until then the changes wait.
            if (i == readAt)
                pending.AddPublished([("old", 0), ("c1", 0)]);
            if (i >= events.Length)
                continue;
            var id = $"c{events[i].Candidate}";
            switch (events[i].Kind)
            {
                case < 3:
                    kept[id] = Entry(id, i);
                    _ = pending.TryEnter(kept[id]) ? rejected.Remove(id) : rejected.Add(id);
                    break;
                case < 5:
                    pending.Leave(id, 0);
                    kept.Remove(id);
                    rejected.Remove(id);
                    break;
                default:
                    if (i > readAt)
                        Publish(pending, topic);
                    break;
            }

            // A waiting change is a new candidate within the capacity, part of the initial content, or a removal.
            Assert.True(pending.Count <= capacity + 2 + topic.Count);
        }

        while (Publish(pending, topic))
        {
        }

        Assert.DoesNotContain("old", topic.Keys);
        Assert.All(topic.Keys, id => Assert.Contains(id, kept.Keys));
        Assert.Equal(kept.Keys.Except(rejected, StringComparer.Ordinal).Order(StringComparer.Ordinal), topic.Keys.Except(rejected, StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.All(kept.Where(k => !rejected.Contains(k.Key)), k => Assert.Equal(k.Value, topic[k.Key]));
    }

    [Fact]
    public void Removes_only_published_candidates_and_publishes_only_the_newest_change()
    {
        var pending = new PendingChanges(10);
        pending.TryEnter(Entry("a", 1));
        pending.TryEnter(Entry("b", 1));
        pending.Leave("a", 0);
        pending.Leave("unknown", 0);
        pending.TryEnter(Entry("b", 2));
        Assert.True(pending.TryTake(out var change));
        Assert.Equal(Entry("b", 2), change.Entry);
        Assert.False(pending.TryTake(out _));
        pending.Leave("b", 0);
        Assert.True(pending.TryTake(out change));
        Assert.Equal(("b", 0, null), (change.Id, change.Region, change.Entry));
    }

    private static bool Publish(PendingChanges pending, Dictionary<string, HardNegativeEntry> topic)
    {
        if (!pending.TryTake(out var change))
            return false;
        if (change.Entry is null)
            topic.Remove(change.Id);
        else
            topic[change.Id] = change.Entry;
        return true;
    }

    private static HardNegativeEntry Entry(string id, int version) => new(id, 0, 1, version, HardNegativeReasons.Room, null, 0, new Origin("t", 0, 0));
}
