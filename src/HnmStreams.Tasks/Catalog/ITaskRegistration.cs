namespace HnmStreams.Tasks.Catalog;

/// <summary>
/// A task in the catalog. Each task's folder has one implementation with a parameterless constructor, and a part of
/// <see cref="TaskOptions"/> with the task's section, so that a new task changes no other file.
/// </summary>
internal interface ITaskRegistration
{
    /// <summary>The task's name in the configuration.</summary>
    string Name { get; }

    /// <summary>Creates the task.</summary>
    /// <exception cref="ArgumentException">The settings contradict each other.</exception>
    IMiningTask Create(TaskOptions options);
}
