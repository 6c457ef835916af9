using HnmStreams.Configuration.Sections;
using HnmStreams.Kafka.Clients;
using HnmStreams.Tasks;

namespace HnmStreams.Configuration;

/// <summary>The rules of <c>hnm serve</c> that depend on several sections and on the task.</summary>
public static class ServeSettings
{
    /// <summary>Returns the folder of models.</summary>
    /// <exception cref="SettingsException">It is not set, or does not exist.</exception>
    public static string Folder(HnmOptions options, string workingFolder)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Models.Folder is not { Length: > 0 } folder)
            throw new SettingsException("'models.folder' must be the folder that another process saves its models in, but is not set. Set it, or give --models DIR.");
        var path = Path.GetFullPath(folder, workingFolder);
        return Directory.Exists(path)
            ? path
            : throw new SettingsException($"'models.folder' must be a folder that exists but is '{path}'. Give --models DIR: the models.folder of a run, or the folder 'versions' in its checkpoint folder.");
    }

    /// <summary>Returns the connection of the stream: its topic in a separate consumer group; null if no broker is set, so that only requests are answered.</summary>
    /// <exception cref="SettingsException">The settings of the stream are incomplete, or do not fit the task.</exception>
    public static KafkaOptions? Stream(HnmOptions options, IMiningTask task)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(options.Kafka.BootstrapServers))
            return null;
        if (options.Kafka.PredictionsTopic is null)
            throw new SettingsException("'kafka.predictionsTopic' must be set, because 'kafka.bootstrapServers' is and the predictions of a stream are published there. Set it, or remove 'kafka.bootstrapServers' to answer requests only.");
        LabelSettings.Check(options, task);
        var group = options.Serve.GroupId ?? options.Kafka.GroupId + "-serve";
        if (string.Equals(group, options.Kafka.GroupId, StringComparison.Ordinal))
            throw new SettingsException($"'serve.groupId' must differ from 'kafka.groupId' but is '{group}' as well: that is the group of the learner. Choose another name, or remove it.");
        return options.Kafka.ForGroup(group);
    }
}
