using HnmStreams.Configuration;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Tasks;

namespace HnmStreams.Host.Feeding;

/// <summary>The check that a task can learn from a data set, before the set is sent or at the end of its first pass.</summary>
internal static class CheckedSet
{
    /// <exception cref="SettingsException">The task rejects every example, or no example has its positive class.</exception>
    public static void Check(IReadOnlyList<Example> examples, DataOptions options, IMiningTask? task)
    {
        foreach (var _ in Of(examples, options, task, stopsWhenPassed: true))
        {
        }
    }

    /// <summary>Passes the examples on and checks them; throws a <see cref="SettingsException"/> after the last one.</summary>
    public static IEnumerable<Example> Of(IEnumerable<Example> examples, DataOptions options, IMiningTask? task, bool stopsWhenPassed = false)
    {
        var check = task is null ? null : new TrainingSetCheck(task);
        if (check is null && stopsWhenPassed)
            yield break;
        foreach (var example in examples)
        {
            check?.Add(example);
            if (stopsWhenPassed && check!.HasPassed)
                yield break;
            yield return example;
        }

        if (check?.Problem() is { } problem)
            throw new SettingsException($"'data.path' is '{options.Path}': {problem}");
    }
}
