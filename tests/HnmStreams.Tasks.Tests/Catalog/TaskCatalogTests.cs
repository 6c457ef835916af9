using HnmStreams.Tasks.Catalog;

namespace HnmStreams.Tasks.Tests.Catalog;

public sealed class TaskCatalogTests
{
    [Fact]
    public void Every_task_is_created_by_its_name_with_the_defaults()
    {
        Assert.Superset(new HashSet<string>(["detection", "faces", "images", "retrieval", "tabular", "text"], StringComparer.Ordinal), new HashSet<string>(TaskCatalog.Names, StringComparer.Ordinal));
        Assert.All(TaskCatalog.Names, name => Assert.Equal(name, TaskCatalog.Create(name, new TaskOptions()).Name));
    }

    [Fact]
    public void Every_task_accepts_a_TorchScript_model() =>
        Assert.All(TaskCatalog.Names, name => Assert.Equal("own.pt", TaskCatalog.Create(name, new TaskOptions { Model = "own.pt" }).ModelFile));

    [Fact]
    public void The_trial_input_of_a_task_fits_its_own_network() =>
        Assert.All(TaskCatalog.Names, name =>
        {
            var task = TaskCatalog.Create(name, new TaskOptions());
            using var scope = TorchSharp.torch.NewDisposeScope();
            using var network = task.CreateNetwork();
            if (task.TrialInput(2) is { } input)
                Assert.Equal([2, task.OutputWidth], network.forward(input).shape);
        });

    [Fact]
    public void An_unknown_name_is_rejected_with_the_known_names()
    {
        var refusal = Assert.Throws<ArgumentException>(() => TaskCatalog.Create("pictures", new TaskOptions()));
        Assert.Contains("'pictures'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(string.Join(", ", TaskCatalog.Names), refusal.Message, StringComparison.Ordinal);
    }
}
