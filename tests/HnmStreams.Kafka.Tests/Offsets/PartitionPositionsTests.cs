using CsCheck;
using HnmStreams.Kafka.Offsets;

namespace HnmStreams.Kafka.Tests.Offsets;

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
    public void Agrees_with_a_model_of_three_plain_collections() =>
        Gen.Select(Gen.Enum<Move>(), Gen.Int[0, 20], Gen.Int[1, 5]).Array[0, 60].Sample(
            moves =>
            {
                var positions = new PartitionPositions();
                var next = new Dictionary<int, long>();
                var assigned = new HashSet<int>();
                var atEnd = new HashSet<int>();
                foreach (var (move, partition, step) in moves)
                {
                    switch (move)
                    {
                        case Move.Assign:
                            positions.Assign(partition);
                            assigned.Add(partition);
                            break;
                        case Move.Unassign:
                            positions.Unassign(partition);
                            assigned.Remove(partition);
                            atEnd.Remove(partition);
                            break;
                        case Move.Read:
                            var known = next.TryGetValue(partition, out var expected);
                            var offset = expected + step - 1;
                            Assert.Equal(known ? step - 1 : 0, positions.Read(partition, offset));
                            next[partition] = offset + 1;
                            atEnd.Remove(partition);
                            break;
                        case Move.End:
                            positions.ReachEnd(partition, next.GetValueOrDefault(partition));
                            next[partition] = next.GetValueOrDefault(partition);
                            if (assigned.Contains(partition))
                                atEnd.Add(partition);
                            break;
                    }

                    Assert.Equal(assigned.Order(), positions.Assigned);
                    Assert.Equal(assigned.Count > 0 && atEnd.Count == assigned.Count, positions.AllAtEnd);
                    Assert.Equal(next.TryGetValue(partition, out var position) ? position : null, positions.Next(partition));
                }
            },
            seed: "0000hnmBook01");
}
