using HnmStreams.Data.Options;

namespace HnmStreams.Tasks.Catalog;

/// <summary>
/// A task in the catalog. Each task's folder has one implementation with a parameterless constructor, and a part of
/// <see cref="TaskOptions"/> with the task's section, so that a new task changes no other file.
/// </summary>
internal interface ITaskRegistration
{
    /// <summary>The task's name in the configuration.</summary>
    string Name { get; }

    /// <summary>Returns the form of the inputs that the task reads from a table, if the settings of the data leave it open.</summary>
    TableInput TableInput(TaskOptions options) => Data.Options.TableInput.Auto;

    /// <summary>True if the task can work on the features of a frozen encoder (<see cref="TaskOptions.Encoder"/>) and train a backbone (<see cref="TaskOptions.Backbone"/>).</summary>
    bool TakesEncoder => false;

    /// <summary>Creates the task.</summary>
    /// <exception cref="ArgumentException">The settings contradict each other.</exception>
    /// <exception cref="InvalidDataException">The encoder, the backbone or its tokenizer is missing or does not fit. The message has key, value and remedy.</exception>
    IMiningTask Create(TaskOptions options);
}
