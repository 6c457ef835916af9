using HnmStreams.Data.Examples;
using HnmStreams.Pipeline.Memory;

namespace HnmStreams.Pipeline.Tests.Memory;

public sealed class IdFilterTests
{
    [Fact]
    public void Never_misses_an_id_that_was_added_and_rarely_reports_another()
    {
        const int Ids = 20_000;
        var filter = new IdFilter(Ids);
        for (var i = 0; i < 2 * Ids; i++)
            filter.Add(Key(i));
        for (var i = 0; i < Ids; i++)
            filter.Remove(Key(i));
        Assert.DoesNotContain(Enumerable.Range(Ids, Ids), i => !filter.MayContain(Key(i)));
        Assert.InRange(Enumerable.Range(0, Ids).Count(i => filter.MayContain(Key(i))), 0, Ids / 5);
    }

    [Fact]
    public void A_bucket_with_very_many_ids_stays_in_use()
    {
        var filter = new IdFilter(1);
        for (var i = 0; i < 300; i++)
            filter.Add(Key(1));
        for (var i = 0; i < 299; i++)
            filter.Remove(Key(1));
        Assert.True(filter.MayContain(Key(1)));
    }

    private static ExampleKey Key(int id) => ExampleKey.Of($"id-{id}");
}
