using HnmStreams.Mining.Galleries;
using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Mining.Selection;
using HnmStreams.Mining.Tests.Pool;

namespace HnmStreams.Mining.Tests.Galleries;

public sealed class GalleryTests
{
    private const ulong Seed = 20_261_125;
    private const int Width = 19;

    private static readonly PositiveAwareOptions Any = new();

    [Fact]
    public void Nearest_equals_a_brute_force_search()
    {
        var generator = new Xoshiro256StarStar(Seed);
        var gallery = new Gallery<long>(new GalleryOptions { Capacity = 40, PerGroup = 6 }, Width);
        var stored = new Dictionary<long, (int Group, float[] Embedding)>();
        for (var i = 0; i < 600; i++)
        {
            var (key, group, embedding) = (generator.NextInt64(90), generator.NextInt32(12), Embedding(generator));
            var answer = gallery.Nearest(key, group, embedding, Any);
            var held = stored.Where(p => p.Key != key && gallery.TryGet(p.Key, out _)).ToArray();
            var sameGroup = held.Where(p => p.Value.Group == group).Select(p => Dot(p.Value.Embedding, embedding)).DefaultIfEmpty(float.NaN).Max();
            Assert.Equal(sameGroup, answer.SameGroup, 1e-5f);
            var others = held.Where(p => p.Value.Group != group).ToArray();
            if (others.Length == 0)
            {
                Assert.True(float.IsNaN(answer.OtherGroup));
            }
            else
            {
                var nearest = others.Max(p => Dot(p.Value.Embedding, embedding));
                Assert.Equal(nearest, answer.OtherGroup);
                Assert.Contains(others, p => p.Key == answer.NearestOther && p.Value.Group == answer.NearestOtherGroup && Dot(p.Value.Embedding, embedding) == nearest);
            }

            gallery.Put(key, group, embedding, i);
            stored[key] = (group, embedding);
            Assert.True(gallery.TryGet(key, out var kept) && kept.SequenceEqual(embedding));
            Assert.True(gallery.Count <= 40);
            Assert.True(stored.GroupBy(p => p.Value.Group).All(g => g.Count(p => gallery.TryGet(p.Key, out _)) <= 6));
        }
    }

    [Fact]
    public void Embeddings_that_share_one_of_several_groups_are_of_the_same_group()
    {
        var generator = new Xoshiro256StarStar(Seed);
        var gallery = new Gallery<long>(new GalleryOptions { Capacity = 40, PerGroup = 6 }, Width);
        var put = new Dictionary<long, (int[] Groups, float[] Embedding)>();
        for (var i = 0; i < 800; i++)
        {
            var (key, embedding) = (generator.NextInt64(90), Embedding(generator));
            int[] groups = [.. Enumerable.Range(0, 1 + generator.NextInt32(4)).Select(_ => generator.NextInt32(12)).Distinct()];
            var held = put.Where(p => p.Key != key && gallery.TryGet(p.Key, out _)).ToArray();
            var related = held.Where(p => p.Value.Groups.Intersect(groups).Any()).Select(p => Dot(p.Value.Embedding, embedding)).ToArray();
            var others = held.Where(p => !p.Value.Groups.Intersect(groups).Any()).OrderByDescending(p => Dot(p.Value.Embedding, embedding)).ToArray();

            var answer = gallery.Nearest(key, groups[0], embedding, Any, groups.AsSpan(1));
            Assert.Equal(related.DefaultIfEmpty(float.NaN).Max(), answer.SameGroup, 1e-5f);
            Assert.Equal(others.Length == 0 ? float.NaN : Dot(others[0].Value.Embedding, embedding), answer.OtherGroup);
            var nearest = new List<long>();
            gallery.NearestOthers(key, groups[0], embedding, Any, 5, nearest, groups.AsSpan(1));
            Assert.Equal(others.Take(5).Select(p => p.Key), nearest);

            gallery.Put(key, groups[0], embedding, i, groups.AsSpan(1));
            put[key] = (groups, embedding);
            if (i % 200 == 199)
            {
                var restored = new Gallery<long>(new GalleryOptions { Capacity = 40, PerGroup = 6 }, Width);
                restored.Restore(new StateReader(Save(gallery)), NumberCodec.Instance);
                Assert.Equal(Save(gallery), Save(restored));
                gallery = restored;
            }
        }
    }

    [Fact]
    public void A_full_group_replaces_its_oldest_and_a_full_gallery_another()
    {
        var generator = new Xoshiro256StarStar(Seed);
        var gallery = new Gallery<long>(new GalleryOptions { Capacity = 5, PerGroup = 3 }, Width);
        for (var key = 0; key < 4; key++)
            gallery.Put(key, 1, Embedding(generator), key);
        Assert.Equal((3, 1), (gallery.Count, gallery.Groups));
        Assert.False(gallery.TryGet(0, out _));
        // The update makes 1 the newest, so 2 is replaced first.
        gallery.Put(1, 1, Embedding(generator), 9);
        gallery.Put(4, 1, Embedding(generator), 9);
        Assert.False(gallery.TryGet(2, out _));
        Assert.Equal((3 + 9 + 9) / 3.0, gallery.MeanVersion);
        for (var key = 10; key < 20; key++)
            gallery.Put(key, key, Embedding(generator), key);
        Assert.Equal(5, gallery.Count);
        Assert.True(gallery.TryGet(19, out _));
    }

    [Fact]
    public void Excludes_embeddings_of_other_groups_that_are_too_similar()
    {
        var gallery = new Gallery<long>(new GalleryOptions(), 2);
        gallery.Put(1, 1, [0.8f, 0.6f], 0);
        gallery.Put(2, 2, [0.99f, 0.14f], 0);
        gallery.Put(3, 3, [0.6f, 0.8f], 0);
        Assert.Equal(2, gallery.Nearest(0, 1, [1, 0], Any).NearestOther);
        var filtered = gallery.Nearest(0, 1, [1, 0], new PositiveAwareOptions { MaxShare = 0.95f });
        Assert.Equal((0.8f, 0.6f, 3L), (filtered.SameGroup, filtered.OtherGroup, filtered.NearestOther));
        Assert.True(float.IsNaN(gallery.Nearest(0, 1, [1, 0], new PositiveAwareOptions { MaxScore = 0.1f }).OtherGroup));
    }

    [Fact]
    public void NearestOthers_returns_the_filtered_nearest_of_other_groups_in_order()
    {
        var generator = new Xoshiro256StarStar(Seed);
        var gallery = new Gallery<long>(new GalleryOptions { Capacity = 60, PerGroup = 60 }, Width);
        var stored = new List<(long Key, int Group, float[] Embedding)>();
        for (var key = 0L; key < 60; key++)
        {
            stored.Add((key, generator.NextInt32(6), Embedding(generator)));
            gallery.Put(key, stored[^1].Group, stored[^1].Embedding, 0);
        }

        foreach (var (key, group, embedding) in stored)
        {
            var others = stored.Where(p => p.Group != group).OrderByDescending(p => Dot(p.Embedding, embedding)).Select(p => p.Key).ToArray();
            var nearest = new List<long>();
            gallery.NearestOthers(key, group, embedding, Any, 7, nearest);
            Assert.Equal(others[..7], nearest);
            nearest.Clear();
            gallery.NearestOthers(key, group, embedding, new PositiveAwareOptions { Margin = 0, Skip = 2 }, 60, nearest);
            var sameGroup = stored.Where(p => p.Group == group && p.Key != key).Max(p => Dot(p.Embedding, embedding));
            Assert.Equal(others[2..].Where(o => Dot(stored[(int)o].Embedding, embedding) <= sameGroup), nearest);
        }
    }

    [Fact]
    public void A_restored_gallery_continues_exactly_like_the_saved_one()
    {
        var generator = new Xoshiro256StarStar(Seed);
        var options = new GalleryOptions { Capacity = 30, PerGroup = 5 };
        var gallery = new Gallery<long>(options, Width);
        Fill(gallery, new Xoshiro256StarStar(3), 500);
        gallery.Remove(gallery.Nearest(-1, 0, Embedding(generator), Any).NearestOther);
        var saved = Save(gallery);
        var restored = new Gallery<long>(options, Width);
        restored.Restore(new StateReader(saved), NumberCodec.Instance);
        Assert.Equal(saved, Save(restored));
        Fill(gallery, new Xoshiro256StarStar(4), 500);
        Fill(restored, new Xoshiro256StarStar(4), 500);
        Assert.Equal(Save(gallery), Save(restored));
    }

    [Fact]
    public void A_gallery_restored_with_smaller_bounds_keeps_what_fits()
    {
        var gallery = new Gallery<long>(new GalleryOptions { Capacity = 30, PerGroup = 5 }, Width);
        Fill(gallery, new Xoshiro256StarStar(3), 500);
        var smaller = new Gallery<long>(new GalleryOptions { Capacity = 10, PerGroup = 2 }, Width);
        smaller.Restore(new StateReader(Save(gallery)), NumberCodec.Instance);
        Assert.Equal(10, smaller.Count);
        Fill(smaller, new Xoshiro256StarStar(4), 100);
        Assert.Throws<InvalidDataException>(() => new Gallery<long>(new GalleryOptions(), Width + 1).Restore(new StateReader(Save(gallery)), NumberCodec.Instance));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void Refuses_a_saved_place_that_cannot_exist(int place)
    {
        var gallery = new Gallery<long>(new GalleryOptions { Capacity = 4, PerGroup = 5 }, Width);
        Fill(gallery, new Xoshiro256StarStar(3), 50);
        var saved = Save(gallery);
        // Behind the header of the structure and the width.
        BitConverter.TryWriteBytes(saved.AsSpan(4 + "gallery".Length + 8), place);
        Assert.Throws<InvalidDataException>(() => new Gallery<long>(new GalleryOptions(), Width).Restore(new StateReader(saved), NumberCodec.Instance));
    }

    private static void Fill(Gallery<long> gallery, Xoshiro256StarStar generator, int count)
    {
        for (var i = 0; i < count; i++)
            gallery.Put(generator.NextInt64(200), generator.NextInt32(9), Embedding(generator), i);
    }

    private static byte[] Save(Gallery<long> gallery)
    {
        var writer = new StateWriter();
        gallery.Save(writer, NumberCodec.Instance);
        return writer.Written.ToArray();
    }

    // Embeddings of integers, because their products have the same sum in any order.
    private static float[] Embedding(Xoshiro256StarStar generator) => [.. Enumerable.Range(0, Width).Select(_ => (float)(generator.NextInt32(201) - 100))];

    private static float Dot(float[] a, float[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
