namespace HnmStreams.Tasks.Tests;

public sealed class TaskCatalogTests
{
    [Fact]
    public void Every_task_is_made_by_its_name_with_the_defaults()
    {
        Assert.Superset(new HashSet<string>(["detection", "faces", "images", "retrieval", "tabular", "text"], StringComparer.Ordinal), new HashSet<string>(TaskCatalog.Names, StringComparer.Ordinal));
        Assert.All(TaskCatalog.Names, name => Assert.Equal(name, TaskCatalog.Create(name, new TaskOptions()).Name));
    }

    [Fact]
    public void Every_task_takes_a_model_of_ones_own_in_place_of_its_network() =>
        Assert.All(TaskCatalog.Names, name => Assert.Equal("own.pt", TaskCatalog.Create(name, new TaskOptions { Model = "own.pt" }).ModelFile));

    [Fact]
    public void What_a_task_tries_a_model_with_is_taken_by_its_own_network() =>
        Assert.All(TaskCatalog.Names, name =>
        {
            var task = TaskCatalog.Create(name, new TaskOptions());
            using var scope = TorchSharp.torch.NewDisposeScope();
            using var network = task.CreateNetwork();
            if (task.TrialInput(2) is { } input)
                Assert.Equal([2, task.OutputWidth], network.forward(input).shape);
        });

    [Fact]
    public void An_unknown_name_is_refused_with_the_known_ones()
    {
        var refusal = Assert.Throws<ArgumentException>(() => TaskCatalog.Create("pictures", new TaskOptions()));
        Assert.Contains("'pictures'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(string.Join(", ", TaskCatalog.Names), refusal.Message, StringComparison.Ordinal);
    }
}
