using CsCheck;
using HnmStreams.Kafka.Offsets;

namespace HnmStreams.Kafka.Tests.Consuming;

public sealed class PartitionPositionsTests
{
    private enum Move
    {
        Assign,
        Unassign,
        Read,
        End,
    }

    [Fact]
    public void It_agrees_with_three_plain_collections() =>
        Gen.Select(Gen.Enum<Move>(), Gen.Int[0, 20], Gen.Int[1, 5]).Array[0, 60].Sample(
            moves =>
            {
                var book = new PartitionPositions();
                var next = new Dictionary<int, long>();
                var assigned = new HashSet<int>();
                var atEnd = new HashSet<int>();
                foreach (var (move, partition, step) in moves)
                {
                    switch (move)
                    {
                        case Move.Assign:
                            book.Assign(partition);
                            assigned.Add(partition);
                            break;
                        case Move.Unassign:
                            book.Unassign(partition);
                            assigned.Remove(partition);
                            atEnd.Remove(partition);
                            break;
                        case Move.Read:
                            var known = next.TryGetValue(partition, out var expected);
                            var offset = expected + step - 1;
                            Assert.Equal(known ? step - 1 : 0, book.Read(partition, offset));
                            next[partition] = offset + 1;
                            atEnd.Remove(partition);
                            break;
                        case Move.End:
                            book.ReachEnd(partition, next.GetValueOrDefault(partition));
                            next[partition] = next.GetValueOrDefault(partition);
                            if (assigned.Contains(partition))
                                atEnd.Add(partition);
                            break;
                    }

                    Assert.Equal(assigned.Order(), book.Assigned);
                    Assert.Equal(assigned.Count > 0 && atEnd.Count == assigned.Count, book.AllAtEnd);
                    Assert.Equal(next.TryGetValue(partition, out var at) ? at : null, book.Next(partition));
                }
            },
            seed: "0000hnmBook01");
}
