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
    public void An_unknown_name_is_refused_with_the_known_ones()
    {
        var refusal = Assert.Throws<ArgumentException>(() => TaskCatalog.Create("pictures", new TaskOptions()));
        Assert.Contains("'pictures'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(string.Join(", ", TaskCatalog.Names), refusal.Message, StringComparison.Ordinal);
    }
}
