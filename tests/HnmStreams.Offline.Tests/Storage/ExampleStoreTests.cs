using CsCheck;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Rows;
using HnmStreams.Data.Wire;
using HnmStreams.Offline.Storage;
using HnmStreams.Tasks.Retrieval;

namespace HnmStreams.Offline.Tests.Storage;

public sealed class ExampleStoreTests : IDisposable
{
    private static readonly RetrievalTask Task = new(new RetrievalOptions { Buckets = 256, Embedding = 8 });

    private readonly string _folder = Directory.CreateTempSubdirectory("hnm-store-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Holds_the_newest_example_of_each_id_in_the_order_of_its_records() =>
        // The version 0 is a tombstone, and 9 is rejected by the task.
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 9], Gen.Bool).Array[0, 40].Sample(
            operations =>
            {
                using var store = Store();
                var (expected, skipped) = (new List<(string Id, int Version, bool HeldOut)>(), 0);
                for (var i = 0; i < operations.Length; i++)
                {
                    var (number, version, heldOut) = operations[i];
                    var id = $"e{number}";
                    store.Add(new StoreRecord(ExampleKey.Of(id), id, version == 0 ? null : Example(id, version), new RecordOrder(0, i, 0)), heldOut);
                    if (version == 9)
                        continue;
                    skipped += expected.RemoveAll(e => e.Id == id);
                    if (version > 0)
                        expected.Add((id, version, heldOut));
                }

                store.Close();
                var training = expected.Where(e => !e.HeldOut).ToArray();
                Assert.Equal(training.Select(e => Example(e.Id, e.Version)), Enumerable.Range(0, store.Count).Select(store.Read));
                Assert.Equal(expected.Count - training.Length, store.HeldOutCount);
                Assert.Equal(skipped, store.Skipped["older records of the same id"] + store.Skipped["examples deleted by tombstones"]);
                Assert.Equal(operations.Count(o => o.Item2 == 9), store.Rejected);
                Assert.Equal(FingerprintOf(training.Select(e => Example(e.Id, e.Version))), store.Fingerprint);
                using var rows = new RowBuffer();
                for (var i = 0; i < store.Count; i++)
                {
                    Assert.Null(Task.Encode(Example(training[i].Id, training[i].Version), rows));
                    Assert.Equal(rows.Labels[i], store.LabelOf(i));
                    Assert.Equal(Task.FurtherGroups(rows.Payload(i)).ToArray(), store.FurtherLabelsOf(i));
                    using var read = new RowBuffer();
                    store.Read(i, read);
                    Assert.True(read.Payload(0).SequenceEqual(rows.Payload(i)));
                }
            },
            iter: 200, threads: 1);

    [Fact]
    public void The_later_of_two_records_in_different_partitions_replaces_the_other_regardless_of_the_read_order()
    {
        using var store = Store();
        // The id moved to partition 2 when partitions were added. Its newest record there is read first.
        store.Add(StoreRecord.Of(Example("a", 3), new RecordOrder(2, 0, 3_000)));
        store.Add(StoreRecord.Of(Example("a", 1), new RecordOrder(0, 7, 1_000)));
        store.Add(StoreRecord.Of(Example("a", 2), new RecordOrder(0, 9, 2_000)));
        // A tombstone that is older than what was read does not delete it.
        store.Add(new StoreRecord(ExampleKey.Of("a"), "a", null, new RecordOrder(1, 4, 2_500)));
        store.Add(new StoreRecord(ExampleKey.Of("b"), "b", null, new RecordOrder(2, 5, 3_000)));
        store.Add(StoreRecord.Of(Example("b", 1), new RecordOrder(0, 8, 1_000)));
        // Within a partition the offset decides, even if the producer's clock went back.
        store.Add(StoreRecord.Of(Example("c", 1), new RecordOrder(0, 10, 5_000)));
        store.Add(StoreRecord.Of(Example("c", 2), new RecordOrder(0, 11, 4_000)));
        store.Close();
        Assert.Equal([Example("a", 3), Example("c", 2)], Enumerable.Range(0, store.Count).Select(store.Read));
        Assert.Equal("3 older records of the same id (such as a), 1 examples deleted by tombstones (such as b)", store.Skipped.ToString());
    }

    private ulong FingerprintOf(IEnumerable<Example> examples)
    {
        using var store = new ExampleStore(Path.Combine(_folder, "once"), Task, new WireLimits());
        foreach (var record in StoreRecord.Of(examples))
            store.Add(record);
        store.Close();
        return store.Fingerprint;
    }

    private ExampleStore Store() => new(Path.Combine(_folder, "store"), Task, new WireLimits());

    private static Example Example(string id, int version) => new(
        id, new Target.Identity($"q{version % 3}") { Others = version % 2 == 0 ? [$"q{version % 5 + 3}"] : [] }, new ExampleInput.Text(version == 9 ? " " : $"text {version} of {id}"));
}
