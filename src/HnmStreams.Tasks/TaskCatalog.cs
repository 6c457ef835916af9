using HnmStreams.Tasks.Detection;
using HnmStreams.Tasks.Faces;
using HnmStreams.Tasks.Images;
using HnmStreams.Tasks.Retrieval;
using HnmStreams.Tasks.Tabular;
using HnmStreams.Tasks.Text;

namespace HnmStreams.Tasks;

/// <summary>All tasks by name.</summary>
public static class TaskCatalog
{
    private static readonly SortedDictionary<string, Func<TaskOptions, IMiningTask>> Tasks = new(StringComparer.Ordinal)
    {
        ["detection"] = options => new DetectionTask(options.Detection) { ModelFile = options.Model },
        ["faces"] = options => new FacesTask(options.Faces) { ModelFile = options.Model },
        ["images"] = options => new ImagesTask(options.Images) { ModelFile = options.Model },
        ["retrieval"] = options => new RetrievalTask(options.Retrieval) { ModelFile = options.Model },
        ["tabular"] = options => new TabularTask(options.Tabular) { ModelFile = options.Model },
        ["text"] = options => new TextTask(options.Text) { ModelFile = options.Model },
    };

    public static IReadOnlyCollection<string> Names => Tasks.Keys;

    /// <exception cref="ArgumentException">No such task, or its settings contradict each other.</exception>
    public static IMiningTask Create(string name, TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Tasks.TryGetValue(name, out var create)
            ? create(options)
            : throw new ArgumentException($"There is no task '{name}'; there are {string.Join(", ", Tasks.Keys)}.", nameof(name));
    }
}
