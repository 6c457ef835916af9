using System.Globalization;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Data.Options;
using HnmStreams.Host.Application;
using HnmStreams.Host.Feeding;
using HnmStreams.Tasks;
using HnmStreams.Tasks.Catalog;
using HnmStreams.Tasks.Labels;
using HnmStreams.Tasks.Tabular;
using HnmStreams.Tasks.Text;

namespace HnmStreams.Host.Starting;

/// <summary>The starting settings of a run: those that are not set follow from the data. <see cref="StartingRule"/> decides.</summary>
internal static class StartingSettings
{
    /// <summary>The name of the layer of these settings.</summary>
    public const string Layer = "starting point";

    // Read in a second or two. Larger sets have enough of everything.
    private const int MaxExamples = 20_000;
    private const long MaxBytes = 64 << 20;

    /// <summary>Applies the starting settings and prints them.</summary>
    /// <returns>The settings, in which these are given by <see cref="Layer"/>.</returns>
    /// <exception cref="SettingsException">The data set cannot be read.</exception>
    public static LoadedSettings Apply(LoadedSettings settings, CommandContext context)
    {
        var options = settings.Options;
        if (!options.Run.StartingPoints)
            return settings;
        var given = settings.Given.Select(g => g.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var task = SendsSet(options) ? ConfiguredTask.Create(options.Task) : null;
        SetFigures? figures = task is null ? null : FiguresOf(options, task, context);
        var points = StartingRule.Choose(figures, task is null ? StartingNetwork.Other : NetworkOf(options.Task, task), options.Pipeline, given.Contains);
        foreach (var point in points)
        {
            Set(options.Pipeline, point);
            context.Out.WriteLine($"start   {point.Key} = {point.Value}: {point.Reason}");
        }

        return settings with { Given = [.. settings.Given, .. points.Select(point => new GivenSetting(point.Key, point.Value, Layer))] };
    }

    /// <summary>Returns the network that the task trains. Tasks on an encoder or a backbone are of other types.</summary>
    internal static StartingNetwork NetworkOf(TaskOptions options, IMiningTask task) => task switch
    {
        _ when options.Model is not null => StartingNetwork.Other,
        TabularTask => StartingNetwork.Table,
        TextTask => StartingNetwork.Text,
        _ => StartingNetwork.Other,
    };

    private static void Set(Pipeline.PipelineOptions options, StartingPoint point)
    {
        switch (point.Key)
        {
            case StartingRule.HeldOutShareKey:
                options.Evaluation.HeldOutShare = double.Parse(point.Value, CultureInfo.InvariantCulture);
                break;
            case StartingRule.MinExamplesKey:
                options.Limiter.MinExamples = long.Parse(point.Value, CultureInfo.InvariantCulture);
                break;
            case StartingRule.BatchSizeKey:
                options.Mix.BatchSize = int.Parse(point.Value, CultureInfo.InvariantCulture);
                break;
            case StartingRule.ExamplesPerStepKey:
                options.Limiter.ExamplesPerStep = double.Parse(point.Value, CultureInfo.InvariantCulture);
                break;
            case StartingRule.InitialFactorKey:
                options.Training.InitialFactor = double.Parse(point.Value, CultureInfo.InvariantCulture);
                break;
            case StartingRule.InitialStepsKey:
                options.Training.InitialSteps = double.Parse(point.Value, CultureInfo.InvariantCulture);
                break;
            case StartingRule.WeightDecayKey:
                options.Training.WeightDecay = double.Parse(point.Value, CultureInfo.InvariantCulture);
                break;
            case StartingRule.BalanceStepsKey:
                options.MiningBudget.BalanceSteps = true;
                break;
            default:
                throw new ArgumentException($"The key '{point.Key}' has no starting point.", nameof(point));
        }
    }

    // Only a set that this process sends: that of a topic may be another one.
    private static bool SendsSet(HnmOptions options) => !options.Data.IsSynthetic() && string.IsNullOrWhiteSpace(options.Kafka.BootstrapServers);

    private static SetFigures FiguresOf(HnmOptions options, IMiningTask task, CommandContext context) =>
        DataFolders.Checked(options.Data, () =>
        {
            using var profile = new TrainingSetProfile(task);
            var classes = task is LabeledTask { HasPositives: false, IsMultiLabel: false } labeled ? labeled.OutputWidth : 0;
            var read = 0;
            foreach (var example in context.DataFolders.Open(options.Data, options.Task).Read(SetPart.Train))
            {
                if (read++ == MaxExamples || profile.Bytes > MaxBytes)
                    return new SetFigures(profile.Examples, task.HasPositives ? profile.Positives : null, IsWhole: false, classes);
                profile.Add(example);
            }

            return new SetFigures(profile.Examples, task.HasPositives ? profile.Positives : null, IsWhole: true, classes);
        });
}
