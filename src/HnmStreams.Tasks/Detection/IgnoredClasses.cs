using System.Collections.Concurrent;
using System.Globalization;

namespace HnmStreams.Tasks.Detection;

/// <summary>Counts of the objects that were ignored because the task does not name their class, per class with the id of one example.</summary>
/// <remarks>Thread-safe. O(1). Not part of checkpoints.</remarks>
internal sealed class IgnoredClasses
{
    // Names come from producers and are retained, so their number and length are bounded.
    private const int MaxClasses = 1_000;
    private const int MaxNameLength = 100;

    private readonly ConcurrentDictionary<string, (long Objects, string Example)> _classes = new(StringComparer.Ordinal);

    /// <summary>One warning per class, the most frequent first.</summary>
    public IReadOnlyCollection<TaskWarning> Warnings =>
    [
        .. _classes.OrderByDescending(static c => c.Value.Objects).ThenBy(static c => c.Key, StringComparer.Ordinal).Select(static c => new TaskWarning(
            c.Key,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{c.Value.Objects} {(c.Value.Objects == 1 ? "object" : "objects")} of the class '{c.Key}' were ignored, for example in {c.Value.Example}, because task.detection.labels does not name it. Add the class, or expect it to be learned as background."))),
    ];

    public void Add(string label, string example)
    {
        var name = TextExcerpt.Of(label, MaxNameLength);
        if (_classes.Count >= MaxClasses && !_classes.ContainsKey(name))
            name = "(others)";
        _classes.AddOrUpdate(name, static (_, id) => (1, id), static (_, old, _) => (old.Objects + 1, old.Example), TextExcerpt.Of(example, MaxNameLength));
    }
}
