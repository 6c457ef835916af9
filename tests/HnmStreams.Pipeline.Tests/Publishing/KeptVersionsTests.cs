using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Tests.Checkpointing;
using HnmStreams.Torch.Snapshots;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline.Tests.Publishing;

/// <summary>Promoted versions on disk, and the choice of a version by a person.</summary>
public sealed class KeptVersionsTests : IDisposable
{
    private readonly StateFolder _folder = new();
    private readonly KeptVersions _kept;
    private readonly ModelRegistry _registry;

    public KeptVersionsTests()
    {
        _kept = new KeptVersions(_folder.Root, 2, NullLogger.Instance);
        _registry = new ModelRegistry(_kept);
    }

    public void Dispose()
    {
        _registry.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_last_promoted_versions_are_kept_and_readable()
    {
        foreach (var version in (long[])[3, 5, 7])
            Promote(version);
        Assert.Equal([7L, 5], _kept.Cards().Select(c => c.Version));
        Assert.Null(_kept.Read(3));
        using var five = _kept.Read(5)!;
        Assert.Equal((5L, 5f), (five.Snapshot.Version, five.Snapshot.Tensors["weight"].data<float>()[0]));
        using (var weights = _kept.OpenWeights(5)!)
            Assert.InRange(weights.Length, 1, long.MaxValue);
        Assert.Null(_kept.OpenWeights(4));
        Assert.Equal([7L, 5], new KeptVersions(_folder.Root, 2, NullLogger.Instance).Cards().Select(c => c.Version));
    }

    [Fact]
    public void Versions_above_the_checkpoint_are_deleted_and_foreign_folders_stay()
    {
        Promote(5);
        Promote(7);
        Directory.CreateDirectory(Path.Combine(_folder.Root, KeptVersions.FolderName, "v7"));
        Directory.CreateDirectory(Path.Combine(_folder.Root, KeptVersions.FolderName, "vault"));
        _kept.RemoveAbove(6);
        Assert.Equal([5L], _kept.Cards().Select(c => c.Version));
        Assert.Equal(3, Directory.GetDirectories(Path.Combine(_folder.Root, KeptVersions.FolderName)).Length);
    }

    [Fact]
    public void A_damaged_card_or_a_full_disk_does_not_stop_the_promotion()
    {
        Promote(5);
        File.WriteAllText(Path.Combine(_folder.Root, KeptVersions.FolderName, "v00000005", "model.json"), "{");
        Promote(7);
        Assert.Equal([7L], _kept.Cards().Select(c => c.Version));
        File.WriteAllText(Path.Combine(_folder.Root, "file"), "");
        new KeptVersions(Path.Combine(_folder.Root, "file"), 2, NullLogger.Instance).Add(Snapshot(9), Card(9));
    }

    [Fact]
    public void A_pinned_version_is_served_until_the_gate_chooses_again()
    {
        foreach (var version in (long[])[3, 5, 7])
            Promote(version);
        using var newest = new RegisteredModel(Snapshot(11), Card(11));
        Assert.Null(_registry.Pin(3, newest));
        Assert.Equal(5, _registry.Pin(5, newest)!.Version);
        Promote(9);
        Assert.Equal((5L, 5L, 9L), (Served(), _registry.Status(true, 11).Pinned!.Value, _registry.Status(true, 11).Best!.Value));

        using (var capture = _registry.Capture())
        {
            using var restored = new ModelRegistry();
            restored.Restore(capture);
            Assert.Equal(5, restored.Status(true, 11).Pinned);
        }

        Assert.Equal(11, _registry.Pin(11, newest)!.Version);
        _registry.Unpin();
        Assert.Equal((9L, null), (Served(), _registry.Status(true, 11).Pinned));
    }

    private long Served()
    {
        using var served = _registry.AcquirePromoted();
        Assert.Equal(served!.Card.Version, _registry.Status(true, 11).Promoted!.Version);
        return served.Snapshot.Version;
    }

    private void Promote(long version)
    {
        using var snapshot = Snapshot(version);
        _registry.Record(new PromotionDecision(version, default, "m", 0.5, null, true, "better"), snapshot, Card(version), PromotionVerdict.Best);
    }

    private static ModelSnapshot Snapshot(long version) =>
        new(version, new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["weight"] = tensor((float[])[version, 1]).DetachFromDisposeScope() });

    private static ModelCard Card(long version) => new("t", version, default, 1, 2, new Dictionary<string, double>(StringComparer.Ordinal) { ["m"] = 0.5 }, []);
}
