using HnmStreams.Tasks;

namespace HnmStreams.Host.Settings;

/// <summary>The task that the settings describe.</summary>
internal static class ConfiguredTask
{
    /// <exception cref="SettingsException">The task's settings contradict each other.</exception>
    public static IMiningTask Create(TaskOptions options)
    {
        try
        {
            return TaskCatalog.Create(options.Name, options);
        }
        catch (ArgumentException e)
        {
            throw new SettingsException(e.Message, e);
        }
    }
}
