using System.Globalization;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Rows;
using HnmStreams.Host.Application;
using HnmStreams.Host.Feeding;
using HnmStreams.Offline.Serial;
using HnmStreams.Tasks;

namespace HnmStreams.Host.Compare;

/// <summary>The inputs of a comparison under one seed: settings, stream and test rows of a task.</summary>
/// <param name="config">The task's settings file; null is the default one.</param>
/// <param name="withoutTest">True to not open a test part in separate files, so that nothing depends on it. A test part that is split off the same files is never sent.</param>
internal sealed class SeededStream(CommandContext context, string? config, bool withoutTest = false)
{
    /// <summary>Loads the settings under a seed.</summary>
    /// <param name="settings">Settings as <c>KEY=VALUE</c>. Later ones take precedence, and the seed takes precedence over all.</param>
    /// <exception cref="SettingsException">A setting is invalid.</exception>
    public HnmOptions Load(IEnumerable<string> settings, int seed)
    {
        var text = seed.ToString(CultureInfo.InvariantCulture);
        string[] set = [.. settings, $"pipeline.seed={text}", $"data.seed={text}", $"synthetic.seed={text}"];
        var options = context.Settings.Load(new SettingsRequest(config, set, [])).Options;
        if (withoutTest)
        {
            options.Data.TestPath = null;
            if (options.Data.Split.By is SplitKind.Auto or SplitKind.Files)
                options.Data.Split.By = SplitKind.None;
        }

        return options;
    }

    /// <summary>Opens the stream. Each seed needs its own stream, because the seed also drives downsampling.</summary>
    public ExampleFeed Feed(HnmOptions options) => options.Data.IsSynthetic()
        ? ExampleFeed.Synthetic(options.Synthetic)
        : ExampleFeed.Of(context.DataFolders.Open(options.Data, options.Task), options.Data, defaultEpochs: null, ConfiguredTask.Create(options.Task));

    /// <summary>Returns the training examples in a split that the task accepts.</summary>
    public RowBuffer TrainRows(HnmOptions options, IMiningTask task, ValidationSplit split)
    {
        var rows = new RowBuffer();
        if (options.Data.IsSynthetic())
            return rows;
        foreach (var example in DataFolders.Checked(options.Data, () => context.DataFolders.Open(options.Data, options.Task).Load(SetPart.Train)))
        {
            if (split.Contains(task, example))
                task.Encode(example, rows);
        }

        task.FinishRows(rows);
        return rows;
    }

    /// <summary>
    /// Returns a share of the training part that the task's own split would choose: the latest one if <c>data.split.by</c> is <c>time</c>, otherwise by
    /// id, group or held-out interval.
    /// </summary>
    public ValidationSplit SplitLikeTest(HnmOptions options, double share) => options.Data.Split.By == SplitKind.Time
        ? ValidationSplit.Latest([.. DataFolders.Checked(options.Data, () => context.DataFolders.Open(options.Data, options.Task).Load(SetPart.Train))], share)
        : new ValidationSplit(share, options.Pipeline.Evaluation.HeldOutInterval);

    /// <summary>Returns the test examples that the task accepts; null if the data set has no test part.</summary>
    /// <param name="isIncluded">Returns false for an example that is left out; null includes all.</param>
    public RowBuffer? TestRows(HnmOptions options, IMiningTask task, Func<Example, bool>? isIncluded = null)
    {
        var set = options.Data.IsSynthetic() ? null : context.DataFolders.Open(options.Data, options.Task);
        if (set is not { HasTest: true })
            return null;
        var rows = new RowBuffer();
        foreach (var example in DataFolders.Checked(options.Data, () => set.Load(SetPart.Test)))
        {
            if (isIncluded?.Invoke(example) != false)
                task.Encode(example, rows);
        }

        task.FinishRows(rows);
        return rows;
    }
}
