using HnmStreams.Data.Records;
using HnmStreams.Evaluation.Calibration;
using HnmStreams.Evaluation.Comparing;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Tests.Checkpointing;
using HnmStreams.Torch.Snapshots;
using static TorchSharp.torch;

namespace HnmStreams.Pipeline.Tests.Publishing;

/// <summary>Tests that a checkpoint preserves the models of the registry.</summary>
public sealed class RegistryCaptureTests : IDisposable
{
    private readonly StateFolder _folder = new();
    private readonly ModelRegistry _registry = new(), _next = new();

    public void Dispose()
    {
        _registry.Dispose();
        _next.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Restores_the_promoted_and_the_best_model_with_cards_weights_and_decisions()
    {
        Record(7, PromotionVerdict.Best);
        Record(9, PromotionVerdict.WithinNoise);
        Record(11, PromotionVerdict.Unknown);
        WriteAndRead();
        AssertEqual(_registry.Status(true, 11), _next.Status(true, 11));
        using var best = _next.AcquireBest();
        using var promoted = _next.AcquirePromoted();
        Assert.Equal((7, 9), (best!.Snapshot.Version, promoted!.Snapshot.Version));
        Assert.Equal([7, 8, 9], best.Snapshot.Tensors["weight"].data<float>().ToArray());
        Assert.Equal([9, 10, 11], promoted.Snapshot.Tensors["weight"].data<float>().ToArray());
    }

    [Fact]
    public void Writes_the_weights_once_if_the_best_model_is_the_promoted_one()
    {
        Record(3, PromotionVerdict.Best);
        var parts = WriteAndRead();
        Assert.Equal(["best-model.safetensors", "models.json"], parts);
        var best = _next.AcquireBest()!;
        using (var promoted = _next.AcquirePromoted())
            Assert.Same(best.Snapshot, promoted!.Snapshot);
        _next.Dispose();
        Assert.Equal([3, 4, 5], best.Snapshot.Tensors["weight"].data<float>().ToArray());
        best.Dispose();
        Assert.Throws<ObjectDisposedException>(() => best.Snapshot.Tensors);
    }

    [Fact]
    public void Restores_an_empty_registry_before_the_first_decision()
    {
        WriteAndRead();
        AssertEqual(_registry.Status(true, 0), _next.Status(true, 0));
        Assert.Null(_next.AcquirePromoted());
    }

    [Theory]
    [InlineData("""{"best":{"task":"t","version":3,"createdAt":"2026-01-01T00:00:00Z","steps":1,"consumed":1,"heldOut":{},"positions":[]},"promoted":null,"decisions":[]}""", "best-model.safetensors is missing")]
    [InlineData("""{"decisions":null}""", "models.json")]
    [InlineData("null", "models.json")]
    [InlineData("[", "models.json")]
    public void Rejects_damaged_state_with_the_reason(string json, string reason)
    {
        var part = new CheckpointPart("models.json", s => s.Write(System.Text.Encoding.UTF8.GetBytes(json)));
        Write([part]);
        using var loaded = Load();
        var error = Assert.Throws<InvalidDataException>(() => RegistryCapture.Read(loaded));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_null_from_a_checkpoint_without_a_gate()
    {
        Write([]);
        using var loaded = Load();
        Assert.Null(RegistryCapture.Read(loaded));
    }

    private string[] WriteAndRead()
    {
        using (var capture = _registry.Capture())
            Write(capture.Parts());
        using var loaded = Load();
        using (var read = RegistryCapture.Read(loaded))
            _next.Restore(read!);
        return [.. loaded.Manifest.Parts.Select(p => p.Name).Where(n => n.Contains("model", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    private void Write(IEnumerable<CheckpointPart> parts)
    {
        var folder = _folder.Open();
        Assert.IsType<CheckpointWritten>(folder.Write(StateFolder.Content(folder.NextId(1), [.. parts])));
    }

    private LoadedCheckpoint Load() => _folder.Open().LoadNewest().Found!;

    // Lists are compared by reference in record equality.
    private static void AssertEqual(RegistryStatus expected, RegistryStatus found)
    {
        Assert.Equivalent(expected, found, strict: true);
        Assert.Equal(expected.Decisions, found.Decisions);
    }

    private void Record(long version, PromotionVerdict verdict)
    {
        using var snapshot = new ModelSnapshot(version, new Dictionary<string, Tensor>(StringComparer.Ordinal)
        {
            ["weight"] = arange(version, version + 3, float32).DetachFromDisposeScope(),
        });
        var at = new DateTimeOffset(2026, 11, 26, 7, 0, 0, TimeSpan.Zero).AddSeconds(version);
        var promoted = verdict is PromotionVerdict.Best or PromotionVerdict.WithinNoise;
        var decision = new PromotionDecision(version, at, "m", promoted ? 0.5 : double.NaN, promoted ? new Uplift(0.1, -0.1, 0.3) : null, promoted, $"version {version}");
        var card = new ModelCard(
            "t", version, at, 10 * version, 100 * version, new Dictionary<string, double>(StringComparer.Ordinal) { ["m"] = 1.0 / version },
            [new StreamPosition("numbers", 0, 12)], new OutputCalibration(1.5, -2, 0.2, 0.1, 600), "why");
        _registry.Record(decision, snapshot, card, verdict);
    }
}
