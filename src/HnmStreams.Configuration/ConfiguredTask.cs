using HnmStreams.Tasks;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Torch.Networks;

namespace HnmStreams.Configuration;

/// <summary>The task that the settings describe.</summary>
public static class ConfiguredTask
{
    /// <summary>Creates the task and checks the model that the settings name.</summary>
    /// <exception cref="SettingsException">The settings of the task contradict each other, or the model does not fit the task.</exception>
    public static IMiningTask Create(TaskOptions options)
    {
        try
        {
            var task = TaskCatalog.Create(options.Name, options);
            TorchScriptModel.Check(task);
            return task;
        }
        catch (InvalidDataException e)
        {
            throw new SettingsException($"task.model = '{options.Model}': {e.Message}", e);
        }
        catch (ArgumentException e)
        {
            throw new SettingsException(e.Message, e);
        }
    }
}
