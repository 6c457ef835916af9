using HnmStreams.Data.Examples;
using HnmStreams.Mining.Persistence;
using HnmStreams.Pipeline.Memory.Groups;

using CandidateKey = HnmStreams.Mining.Pool.CandidateKey<HnmStreams.Data.Examples.ExampleKey>;

namespace HnmStreams.Pipeline.Tests.Memory.Groups;

public sealed class FalseNegativesTests
{
    [Fact]
    public void A_pair_has_no_order_and_is_forgotten_with_one_of_its_examples()
    {
        var pairs = new FalseNegatives();
        pairs.Add(Key("a"), Key("b"));
        pairs.Add(Key("b"), Key("a"));
        pairs.Add(Key("c"), Key("b"));
        Assert.Equal((2, true, true, false), (pairs.Count, pairs.Contains(Key("b"), Key("a")), pairs.Contains(Key("b"), Key("c")), pairs.Contains(Key("a"), Key("c"))));
        pairs.Remove(Key("a"));
        Assert.Equal((1, false, true), (pairs.Count, pairs.Contains(Key("a"), Key("b")), pairs.Contains(Key("c"), Key("b"))));
    }

    [Fact]
    public void The_oldest_pair_is_forgotten_first_and_a_restored_copy_forgets_the_same()
    {
        var pairs = new FalseNegatives();
        for (var i = 0; i < FalseNegatives.MaxPairs; i++)
            pairs.Add(Key("a"), Key($"{i}"));
        var writer = new StateWriter();
        pairs.Capture()(writer);
        var copy = new FalseNegatives();
        copy.Restore(new StateReader(writer.Written));
        foreach (var each in (FalseNegatives[])[pairs, copy])
        {
            each.Add(Key("b"), Key("c"));
            Assert.Equal((FalseNegatives.MaxPairs, false, true, true), (each.Count, each.Contains(Key("0"), Key("a")), each.Contains(Key("1"), Key("a")), each.Contains(Key("c"), Key("b"))));
        }
    }

    private static CandidateKey Key(string id) => new(ExampleKey.Of(id), 0);
}
