using System.Globalization;
using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Pipeline.Flow.Promotion;

namespace HnmStreams.Host.Mlflow;

/// <summary>A registry, and the name that models get there.</summary>
/// <param name="Experiment">The experiment of the runs.</param>
/// <param name="Alias">The alias that a new version gets; null for none.</param>
internal sealed record MlflowRegistry(MlflowAddress Address, string Name, string Experiment, string? Alias)
{
    /// <summary>Returns the registry of the settings; null if they name none.</summary>
    /// <exception cref="SettingsException">The address is refused.</exception>
    public static MlflowRegistry? Of(MlflowRegistryOptions options, IReadOnlyDictionary<string, string> environment) => options.Uri is null
        ? null
        : new(MlflowAddress.Of(options.Uri, options.AllowHttp, environment, "models.mlflow.uri", "models.mlflow.allowHttp=true"), options.Name!, options.Experiment ?? options.Name!, options.Alias);

    /// <summary>Registers an exported file.</summary>
    /// <returns>The number of the new version and the id of the run.</returns>
    /// <exception cref="MlflowException">The server is not reached or refuses a request.</exception>
    public async Task<(string Version, string Run)> PushAsync(ExportedModel model, TimeProvider time, CancellationToken cancellation)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["task"] = model.Task, ["format"] = model.Format, ["primaryMetric"] = model.PrimaryMetric };
        if (model.Card is { } card)
        {
            parameters["version"] = card.Version.ToString(CultureInfo.InvariantCulture);
            parameters["steps"] = card.Steps.ToString(CultureInfo.InvariantCulture);
            parameters["consumed"] = card.Consumed.ToString(CultureInfo.InvariantCulture);
        }

        using var client = new MlflowClient(Address);
        return await new MlflowPush(client, time).RunAsync(new PushedModel(Name, Experiment, Alias, model.File, model.Format, model.Card), parameters, cancellation);
    }
}

/// <summary>A file with a version of a model.</summary>
/// <param name="Task">The name of the task.</param>
/// <param name="Card">The card of the version; null if it has none.</param>
internal sealed record ExportedModel(string Task, string PrimaryMetric, ModelCard? Card, string File, string Format);
