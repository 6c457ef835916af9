using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Pipeline.Publishing;
using HnmStreams.Pipeline.Serving;
using HnmStreams.Testing;
using HnmStreams.Torch.Learning;
using HnmStreams.Torch.Snapshots;
using Microsoft.Extensions.Logging.Abstractions;
using static TorchSharp.torch;
using Stream = HnmStreams.Pipeline.Tests.Fixtures.Stream;

namespace HnmStreams.Pipeline.Tests.Serving;

/// <summary>Tests of the folder of models from which a process serves.</summary>
public sealed class ServedFolderTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TemporaryFolder _temporary = new();
    private readonly ServedFolder _served;

    public ServedFolderTests() => _served = new ServedFolder(Stream.Task, _temporary.Path, TimeProvider.System, NullLogger.Instance);

    public void Dispose()
    {
        _served.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public void Serves_nothing_before_the_first_version()
    {
        Assert.False(_served.Refresh());
        Assert.False(_served.First.IsCompleted);
        Assert.Contains(_temporary.Path, Assert.Throws<NoModelException>(() => _served.Acquire()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_newest_version_by_its_card_is_served_from_all_levels_of_the_folder()
    {
        Save("run-1", version: 900, hours: 1);
        Save("versions", version: 7, hours: 2);
        Save("", version: 40, hours: 0);
        Assert.True(_served.Refresh());
        Assert.True(_served.First.IsCompletedSuccessfully);
        Assert.Equal((7L, 1L), (_served.Status.Model!.Version, _served.Status.Loads));
        using var model = _served.Acquire();
        Assert.Equal((7L, 7L), (model.Snapshot.Version, model.Card!.Version));
        Assert.False(_served.Refresh());
    }

    [Fact]
    public void A_newer_version_replaces_the_served_one_between_two_acquisitions()
    {
        Save("", version: 1, hours: 0);
        _served.Refresh();
        using var before = _served.Acquire();
        Save("", version: 2, hours: 1);
        Assert.True(_served.Refresh());
        using var after = _served.Acquire();
        Assert.Equal((1L, 2L), (before.Snapshot.Version, after.Snapshot.Version));
        // The weights stay until the last holder releases them.
        Assert.All(before.Snapshot.Tensors.Values, tensor => Assert.False(tensor.IsInvalid));
    }

    [Fact]
    public void A_version_of_the_same_number_that_is_written_again_is_served_anew()
    {
        Save("", version: 1, hours: 0);
        _served.Refresh();
        using var before = _served.Acquire();
        Save("", version: 1, hours: 1, seed: 9);
        Assert.True(_served.Refresh());
        using var after = _served.Acquire();
        Assert.NotSame(before.Snapshot, after.Snapshot);
    }

    [Fact]
    public void A_version_without_a_promotion_gate_is_not_promoted()
    {
        Save("", version: 1, hours: 0, promotion: null);
        _served.Refresh();
        using var model = _served.Acquire();
        Assert.Null(model.Card);
    }

    [Theory]
    [InlineData("weights")]
    [InlineData("card")]
    [InlineData("missing weights")]
    [InlineData("task")]
    [InlineData("shape")]
    public void A_version_that_cannot_be_served_is_reported_and_the_present_one_stays(string damage)
    {
        Save("", version: 1, hours: 0);
        _served.Refresh();
        var path = damage switch
        {
            "task" => Save("", version: 2, hours: 1, task: "faces"),
            "shape" => Save("", version: 2, hours: 1, shape: [3, 3]),
            _ => Save("", version: 2, hours: 1),
        };
        if (damage == "weights")
            File.WriteAllBytes(Path.Combine(path, ModelFolder.WeightsFile), File.ReadAllBytes(Path.Combine(path, ModelFolder.WeightsFile))[..100]);
        else if (damage == "card")
            File.WriteAllText(Path.Combine(path, ModelFolder.CardFile), "{");
        else if (damage == "missing weights")
            File.Delete(Path.Combine(path, ModelFolder.WeightsFile));
        Assert.False(_served.Refresh());
        Assert.Equal(1, _served.Status.Model!.Version);
        // Missing files may be on their way out: the other process deletes versions.
        if (damage != "missing weights")
            Assert.Equal(path, Assert.Single(_served.Status.Refused).Path);

        // A later version is served, and the damaged one is forgotten once it is deleted.
        Save("", version: 3, hours: 2);
        Directory.Delete(path, recursive: true);
        Assert.True(_served.Refresh());
        Assert.Equal(3, _served.Status.Model!.Version);
        Assert.Empty(_served.Status.Refused);
    }

    [Fact]
    public void Folders_that_are_being_written_and_foreign_folders_are_ignored()
    {
        Save(".writing-1", version: 8, hours: 8);
        Directory.CreateDirectory(_temporary["notes"]);
        File.WriteAllText(_temporary["readme.txt"], "");
        Assert.False(_served.Refresh());
        Assert.Empty(_served.Status.Refused);
    }

    [Fact]
    public void A_deleted_folder_keeps_the_present_version()
    {
        var path = Save("", version: 1, hours: 0);
        _served.Refresh();
        Directory.Delete(path, recursive: true);
        Assert.False(_served.Refresh());
        Assert.Null(_served.OpenWeights(1));
        using var model = _served.Acquire();
        Assert.Equal(1, model.Snapshot.Version);
    }

    private string Save(string folder, long version, int hours, string? promotion = "The best so far.", string? task = null, long[]? shape = null, ulong seed = 1)
    {
        using var learner = new Learner(Stream.Task, new TrainingOptions(), CPU, seed, threads: 1);
        using var current = learner.Current();
        var tensors = current.Tensors.ToDictionary(t => t.Key, t => shape is null ? t.Value.clone() : zeros(shape), StringComparer.Ordinal);
        using var snapshot = new ModelSnapshot(version, tensors);
        var card = new ModelCard(task ?? Stream.Task.Name, version, Start.AddHours(hours), 1, 2, new Dictionary<string, double>(StringComparer.Ordinal), [], null, promotion);
        return ModelFolder.Write(folder.Length == 0 ? _temporary.Path : _temporary[folder], snapshot, card);
    }
}
