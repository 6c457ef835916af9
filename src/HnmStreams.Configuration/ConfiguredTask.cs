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
            CheckModel(task, options.Model);
            return task;
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException)
        {
            throw new SettingsException(e.Message, e);
        }
    }

    private static void CheckModel(IMiningTask task, string? file)
    {
        try
        {
            TorchScriptModel.Check(task);
        }
        catch (InvalidDataException e)
        {
            throw new SettingsException($"task.model = '{file}': {e.Message}", e);
        }
    }
}
