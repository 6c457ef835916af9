using System.Globalization;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Options;
using HnmStreams.Data.Rows;
using HnmStreams.Host.Commands;
using HnmStreams.Host.Feeding;
using HnmStreams.Tasks;

namespace HnmStreams.Host.Bench;

/// <summary>A task's file as a comparison over seeds reads it: settings, stream and the part to judge by.</summary>
/// <param name="config">The task's file; null is the default one.</param>
internal sealed class SeededStream(CommandContext context, string? config)
{
    /// <param name="settings">KEY=VALUE; later ones win, and the seed over all.</param>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    public HnmOptions Load(IEnumerable<string> settings, int seed)
    {
        var text = seed.ToString(CultureInfo.InvariantCulture);
        string[] set = [.. settings, $"pipeline.seed={text}", $"data.seed={text}", $"synthetic.seed={text}"];
        return context.Settings.Load(new SettingsRequest(config, set, [])).Options;
    }

    /// <summary>Opened for each seed: the downsampling draws by it, too.</summary>
    public ExampleFeed Feed(HnmOptions options) => options.Data.IsSynthetic()
        ? ExampleFeed.Synthetic(options.Synthetic)
        : ExampleFeed.Of(context.DataFolders.Open(options.Data), options.Data, epochsUnlessGiven: null);

    /// <returns>Null where the set comes without a part to judge by; else what the task takes of it.</returns>
    public RowBuffer? TestRows(HnmOptions options, IMiningTask task)
    {
        var set = options.Data.IsSynthetic() ? null : context.DataFolders.Open(options.Data);
        if (set is not { HasTest: true })
            return null;
        var rows = new RowBuffer();
        foreach (var example in DataFolders.Checked(options.Data, () => set.Load(SetPart.Test)))
            task.Encode(example, rows);
        return rows;
    }
}
