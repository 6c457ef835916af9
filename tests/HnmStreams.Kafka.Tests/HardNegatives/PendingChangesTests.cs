using CsCheck;
using HnmStreams.Data.Records;
using HnmStreams.Kafka.HardNegatives;

namespace HnmStreams.Kafka.Tests.HardNegatives;

public sealed class PendingChangesTests
{
    /// <summary>Whatever comes in whatever order: what was said adds up to what is kept, less what was refused, and never more waits than may.</summary>
    [Fact]
    public void What_is_said_adds_up_to_what_is_kept_less_what_was_refused() =>
        Gen.Select(Gen.Int[1, 30], Gen.Select(Gen.Int[0, 6], Gen.Int[0, 39]).Array[0, 400], Gen.Int[0, 400]).Sample(Check, iter: 500);

    private static void Check(int capacity, (int What, int Which)[] events, int readAt)
    {
        var pending = new PendingChanges(capacity);
        var topic = new Dictionary<string, HardNegativeEntry>(StringComparer.Ordinal) { ["old"] = Entry("old", 0), ["c1"] = Entry("c1", 0) };
        var kept = new Dictionary<string, HardNegativeEntry>(StringComparer.Ordinal) { ["c1"] = Entry("c1", 1), ["c2"] = Entry("c2", 1) };
        pending.Begin(kept.Values);
        var refused = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i <= Math.Max(events.Length, readAt); i++)
        {
            // The topic is read before anything is said; until then changes pile up.
            if (i == readAt)
                pending.WasSaid([("old", 0), ("c1", 0)]);
            if (i >= events.Length)
                continue;
            var id = $"c{events[i].Which}";
            switch (events[i].What)
            {
                case < 3:
                    kept[id] = Entry(id, i);
                    _ = pending.TryEnter(kept[id]) ? refused.Remove(id) : refused.Add(id);
                    break;
                case < 5:
                    pending.Leave(id, 0);
                    kept.Remove(id);
                    refused.Remove(id);
                    break;
                default:
                    if (i > readAt)
                        Say(pending, topic);
                    break;
            }

            // What waits is new within the capacity, was there at the start, or takes back what was said.
            Assert.True(pending.Count <= capacity + 2 + topic.Count);
        }

        while (Say(pending, topic))
        {
        }

        Assert.DoesNotContain("old", topic.Keys);
        Assert.All(topic.Keys, id => Assert.Contains(id, kept.Keys));
        Assert.Equal(kept.Keys.Except(refused, StringComparer.Ordinal).Order(StringComparer.Ordinal), topic.Keys.Except(refused, StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.All(kept.Where(k => !refused.Contains(k.Key)), k => Assert.Equal(k.Value, topic[k.Key]));
    }

    [Fact]
    public void What_was_never_said_is_not_taken_back_and_of_each_only_the_newest_is_said()
    {
        var pending = new PendingChanges(10);
        pending.TryEnter(Entry("a", 1));
        pending.TryEnter(Entry("b", 1));
        pending.Leave("a", 0);
        pending.Leave("stranger", 0);
        pending.TryEnter(Entry("b", 2));
        Assert.True(pending.TryTake(out var said));
        Assert.Equal(Entry("b", 2), said.Entry);
        Assert.False(pending.TryTake(out _));
        pending.Leave("b", 0);
        Assert.True(pending.TryTake(out said));
        Assert.Equal(("b", 0, null), (said.Id, said.Unit, said.Entry));
    }

    private static bool Say(PendingChanges pending, Dictionary<string, HardNegativeEntry> topic)
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
