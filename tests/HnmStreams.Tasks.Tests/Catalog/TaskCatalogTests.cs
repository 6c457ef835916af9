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
        Assert.All(TaskCatalog.Names, name => Assert.Equal("model.pt", TaskCatalog.Create(name, new TaskOptions { Model = "model.pt" }).ModelFile));

    [Fact]
    public void The_network_of_a_task_accepts_its_trial_input() =>
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
        var error = Assert.Throws<ArgumentException>(() => TaskCatalog.Create("unknown", new TaskOptions()));
        Assert.Contains("'unknown'", error.Message, StringComparison.Ordinal);
        Assert.Contains(string.Join(", ", TaskCatalog.Names), error.Message, StringComparison.Ordinal);
    }
}
