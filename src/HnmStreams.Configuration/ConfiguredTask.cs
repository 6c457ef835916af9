using HnmStreams.Tasks;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Torch.Networks;

namespace HnmStreams.Configuration;

/// <summary>The task that the settings describe.</summary>
public static class ConfiguredTask
{
    /// <exception cref="SettingsException">The task's settings contradict each other, or the model that they name does not fit.</exception>
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
