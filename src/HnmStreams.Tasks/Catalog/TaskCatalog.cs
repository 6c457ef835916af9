using HnmStreams.Data.Options;
using HnmStreams.Tasks.Embeddings;
using HnmStreams.Tasks.Labels;
using HnmStreams.Tasks.Teachers;

namespace HnmStreams.Tasks.Catalog;

/// <summary>All tasks by name: every <see cref="ITaskRegistration"/> of this assembly, found by reflection.</summary>
public static class TaskCatalog
{
    private static readonly SortedDictionary<string, ITaskRegistration> Registrations = new(
        typeof(TaskCatalog).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ITaskRegistration)))
            .Select(type => (ITaskRegistration)Activator.CreateInstance(type)!)
            .ToDictionary(registration => registration.Name, StringComparer.Ordinal),
        StringComparer.Ordinal);

    /// <summary>The names of all tasks, sorted.</summary>
    public static IReadOnlyCollection<string> Names => Registrations.Keys;

    /// <summary>
    /// Returns the form of the inputs that the named task reads from a table, for settings that leave it open. <see cref="TableInput.Auto"/>
    /// if the task takes any form or does not exist.
    /// </summary>
    public static TableInput TableInput(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Registrations.TryGetValue(options.Name, out var registration) ? registration.TableInput(options) : Data.Options.TableInput.Auto;
    }

    /// <summary>Creates a task.</summary>
    /// <exception cref="ArgumentException">There is no task of this name, or its settings contradict each other.</exception>
    /// <exception cref="InvalidDataException">The encoder, the backbone, the teacher or a tokenizer is missing or does not fit. The message has key, value and remedy.</exception>
    public static IMiningTask Create(string name, TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!Registrations.TryGetValue(name, out var registration))
            throw new ArgumentException($"'task.name' must be one of {string.Join(", ", Registrations.Keys)} but is '{name}'.", nameof(name));
        if (options.Encoder.File is { } encoder && !registration.TakesEncoder)
            throw new InvalidDataException($"'task.encoder.file' must not be set for the task {name} but is '{encoder}'. Encoders are for the tasks {string.Join(", ", Registrations.Where(static r => r.Value.TakesEncoder).Select(static r => r.Key))}.");
        CheckBackbone(name, options, registration);
        var task = registration.Create(options);
        if (options.Teacher.File is not null)
            AddTeacher(task, options);
        return task;
    }

    private static void AddTeacher(IMiningTask task, TaskOptions options)
    {
        switch (task)
        {
            case LabeledTask labeled:
                TeacherLoader.AddTo(labeled, options.Teacher, task.Name is "text" ? options.Text : null);
                break;
            case EmbeddingTask { Name: "retrieval" } retrieval:
                retrieval.PairTeacher = TeacherLoader.LoadPairs(options.Teacher, retrieval, options.Retrieval);
                break;
            default:
                throw new InvalidDataException($"'task.teacher.file' must not be set for the task {task.Name} but is '{options.Teacher.File}'. Teachers are for the tasks images, tabular, text and retrieval.");
        }
    }

    private static void CheckBackbone(string name, TaskOptions options, ITaskRegistration registration)
    {
        if (options.Backbone.File is not { } backbone)
            return;
        if (!registration.TakesEncoder)
            throw new InvalidDataException($"'task.backbone.file' must not be set for the task {name} but is '{backbone}'. Backbones are for the tasks {string.Join(", ", Registrations.Where(static r => r.Value.TakesEncoder).Select(static r => r.Key))}.");
        if (options.Encoder.File is { } encoder)
            throw new InvalidDataException($"'task.backbone.file' must not be set beside 'task.encoder.file' ('{encoder}') but is '{backbone}': a network is either trained or frozen.");
        if (options.Model is { } model)
            throw new InvalidDataException($"'task.backbone.file' must not be set beside 'task.model' ('{model}') but is '{backbone}': a task has one network.");
    }
}
