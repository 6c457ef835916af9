using HnmStreams.Mining.Persistence;
using HnmStreams.Mining.Randomness;
using HnmStreams.Pipeline.Memory;
using HnmStreams.Pipeline.Memory.Groups;
using HnmStreams.Pipeline.Tests.Fixtures;
using CandidateKey = HnmStreams.Mining.Pool.CandidateKey<HnmStreams.Data.Examples.ExampleKey>;

namespace HnmStreams.Pipeline.Tests.Memory.Groups;

public sealed class GroupIndexTests
{
    [Fact]
    public void Hardness_rivals_and_members_equal_those_of_a_search_over_all_examples_by_shared_queries()
    {
        using var payloads = new PayloadStore();
        var (documents, index) = (new SharedDocuments(3), Index(payloads));
        var embedded = new Dictionary<CandidateKey, float[]>();
        for (var round = 0; round < 12; round++)
        {
            using var batch = documents.Next(60, ids: 200);
            for (var row = 0; row < batch.Rows.Count; row++)
            {
                var key = new CandidateKey(batch.Sources[row].Key, 0);
                // As the ranker does with a corrected example.
                index.Forget(key);
                index.Keep(key, batch, row);
                documents.Take(batch, row);
                var embedding = batch.Scores!.OutputsOf(row).ToArray();
                var others = embedded.Where(e => e.Key != key && index.Kept.TryGet(e.Key, out _, out _)).ToArray();
                var near = others.Where(e => documents.Share(key, e.Key)).Select(e => Dot(e.Value, embedding)).DefaultIfEmpty(float.NaN).Max();
                var far = others.Where(e => !documents.Share(key, e.Key)).Select(e => Dot(e.Value, embedding)).DefaultIfEmpty(float.NaN).Max();
                Assert.Equal(far - near, index.Lookup(key, batch.Rows.Labels[row], batch.Rows.Payload(row), embedding, round), 1e-5f);
                embedded[key] = embedding;
            }

            foreach (var (key, example) in KeptOf(index))
            {
                var candidates = embedded.Where(e => index.Kept.TryGet(e.Key, out _, out _) && !documents.Share(key, e.Key)).OrderByDescending(e => Dot(e.Value, embedded[key])).Select(e => e.Key).ToArray();
                var rivals = new List<CandidateKey>();
                index.Rivals(key, example, 4, rivals);
                Assert.Equal(candidates.Take(4), rivals);
                index.Kept.TryGet(candidates[0], out var nearestGroup, out _);
                Assert.Equal(nearestGroup, index.RivalOf(key, example)?.Group);
                Assert.All(KeptOf(index), other => Assert.Equal(documents.Share(key, other.Key), index.Share(example, other.Value)));
            }

            CheckMembers(index);
        }
    }

    [Fact]
    public void A_restored_index_has_the_same_members_and_answers()
    {
        using var payloads = new PayloadStore();
        var (documents, index) = (new SharedDocuments(4), Index(payloads));
        for (var round = 0; round < 6; round++)
            Take(index, documents.Next(60, ids: 200));
        var (writer, table) = (new StateWriter(), new ExampleTable());
        index.Save(writer, table);

        using var restoredPayloads = new PayloadStore();
        using var file = new MemoryStream();
        ExamplesFile.Write(file, table.Examples, payloads);
        // Writing closes the stream.
        using var copy = new MemoryStream(file.ToArray());
        var saved = ExamplesFile.Read(copy, restoredPayloads);
        var restored = Index(restoredPayloads);
        restored.Restore(new StateReader(writer.Written), new ExampleTable(saved));
        Assert.Equal(MembersOf(index), MembersOf(restored));
        for (var round = 0; round < 3; round++)
        {
            var batch = documents.Next(60, ids: 200);
            Assert.Equal(Take(index, batch), Take(restored, batch));
            Assert.Equal(MembersOf(index), MembersOf(restored));
        }
    }

    [Fact]
    public void A_state_of_an_earlier_layout_is_refused()
    {
        var writer = new StateWriter();
        writer.Begin("group index", 1);
        using var payloads = new PayloadStore();
        Assert.Contains("group index", Assert.Throws<InvalidDataException>(() => Index(payloads).Restore(new StateReader(writer.Written), new ExampleTable())).Message, StringComparison.Ordinal);
    }

    private static float[] Take(GroupIndex index, Pipeline.Flow.ExampleBatch batch) =>
    [
        .. Enumerable.Range(0, batch.Rows.Count).Select(row =>
        {
            var key = new CandidateKey(batch.Sources[row].Key, 0);
            index.Forget(key);
            index.Keep(key, batch, row);
            return index.Lookup(key, batch.Rows.Labels[row], batch.Rows.Payload(row), batch.Scores!.OutputsOf(row), 1);
        }),
    ];

    private static (int Group, CandidateKey Key)[] MembersOf(GroupIndex index)
    {
        var groups = new List<int>();
        index.GroupsWith(1, groups);
        return [.. groups.SelectMany(group => index.MembersOf(group).Select(member => (group, member.Key)))];
    }

    private static void CheckMembers(GroupIndex index)
    {
        var expected = KeptOf(index)
            .SelectMany(item => index.FurtherGroupsOf(item.Value).ToArray().Append(item.Value.Label).Select(group => (group, item.Key)))
            .GroupBy(pair => pair.group, pair => pair.Key).ToDictionary(g => g.Key, g => g.ToHashSet());
        for (var members = 1; members <= 3; members++)
        {
            var groups = new List<int>();
            index.GroupsWith(members, groups);
            Assert.Equal(expected.Where(e => e.Value.Count >= members).Select(e => e.Key).Order(), groups);
        }

        foreach (var (group, keys) in expected)
        {
            Assert.Equal(keys.Count, index.CountOf(group));
            Assert.Equal(keys, index.MembersOf(group).Select(m => m.Key).ToHashSet());
        }
    }

    private static KeyValuePair<CandidateKey, Pipeline.Flow.StoredExample>[] KeptOf(GroupIndex index)
    {
        var labels = new List<int>();
        index.Kept.ClassesWith(1, labels);
        return [.. labels.SelectMany(index.Kept.ItemsOf)];
    }

    private static GroupIndex Index(PayloadStore payloads) => new(SharedDocuments.Task, new Xoshiro256StarStar(1), payloads);

    private static float Dot(float[] a, float[] b) => System.Numerics.Tensors.TensorPrimitives.Dot<float>(a, b);
}
