using CsCheck;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Cluster.Learning;
using HnmStreams.Pipeline.Flow;

namespace HnmStreams.Pipeline.Tests.Cluster;

/// <summary>Tests of the search for a record that crashes every node that scores it, with a model of nodes that score, crash and are killed.</summary>
public sealed class NodeCrashesTests
{
    private const int Records = 600;
    private const int OffsetsInWork = 100;
    private const int BatchSize = 20;

    [Fact]
    public void Any_record_that_crashes_nodes_is_found_after_four_of_them()
    {
        for (var poison = 0; poison < Records; poison++)
        {
            var model = new Model(poison);
            while (model.Run(killAfter: int.MaxValue))
            {
            }

            Assert.Equal((4, poison), (model.Crashes.Count, (int)Assert.Single(model.DeadLetters)));
            Assert.Equal(Records - 1, model.Scored);
        }
    }

    [Fact]
    public void No_good_record_is_blamed_if_nodes_are_killed_after_any_number_of_records_one_of_which_crashes_them() =>
        Gen.Select(Gen.Int[0, Records - 1], Gen.Int[1, 60].List[0, 30]).Sample(
            (poison, kills) =>
            {
                var model = new Model(poison);
                foreach (var kill in kills)
                    model.Run(kill);
                while (model.Run(killAfter: int.MaxValue))
                {
                }

                Assert.Equal([poison], model.DeadLetters);
                Assert.Equal(Records - 1, model.Scored);
            },
            iter: 2_000);

    [Fact]
    public void Two_kills_at_the_same_offset_cost_a_search_and_no_record()
    {
        var model = new Model(poison: -1);
        for (var kill = 0; kill < 3; kill++)
            model.Run(killAfter: 0);
        Assert.NotEmpty(model.Crashes.Suspects);
        Assert.False(model.Run(killAfter: int.MaxValue));
        Assert.Empty(model.DeadLetters);
        Assert.Equal(Records, model.Scored);
        Assert.Empty(model.Crashes.Suspects);
    }

    /// <summary>A partition of records that one node after the other reads from the expected position.</summary>
    private sealed class Model(int poison)
    {
        private long _expected;

        public NodeCrashes Crashes { get; } = new(journal: null, epoch: 1);

        public List<long> DeadLetters { get; } = [];

        public int Scored { get; private set; }

        /// <summary>Runs a node until it ends.</summary>
        /// <param name="killAfter">The number of records after which the node is killed. A search has one in native code nearly always.</param>
        /// <returns>False if it has scored all records.</returns>
        public bool Run(int killAfter)
        {
            // As a node does, it has its suspects from the start of its session. A killed node does not score the record that it has in work.
            var (suspects, poisonRecords) = (Crashes.Suspects, Crashes.PoisonRecords);
            var last = Math.Min(Records, _expected + Math.Min(killAfter, Records));
            while (_expected < Records)
            {
                var isSuspected = suspects.Any(s => s.First <= _expected && _expected <= s.Last);
                var next = isSuspected ? _expected + 1 : Math.Min(Records, (_expected / BatchSize * BatchSize) + BatchSize);
                if (!isSuspected)
                    next = suspects.Where(s => s.First > _expected).Select(s => s.First).Append(next).Min();
                var letters = poisonRecords.Where(p => p.Offset >= _expected && p.Offset < next).Select(p => p.Offset).ToArray();
                var crashes = letters.Length == 0 && poison >= _expected && poison < next;
                // A kill at the very same record each time is what the search cannot tell from a crash.
                if (crashes || (next > last && killAfter < Records))
                {
                    var isInNativeCode = isSuspected && (crashes || last % 2 == 0);
                    Crashes.Add(isInNativeCode ? [new OffsetSpan("t", 0, _expected, next - 1)] : null, [new OffsetSpan("t", 0, _expected, _expected + OffsetsInWork - 1)]);
                    return true;
                }

                using var batch = new ExampleBatch(0, 1);
                batch.Spans.Add(new OffsetSpan("t", 0, _expected, next - 1));
                Crashes.Admitted(batch);
                DeadLetters.AddRange(letters);
                Scored += (int)(next - _expected) - letters.Length;
                _expected = next;
            }

            return false;
        }
    }
}
