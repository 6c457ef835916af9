using System.CommandLine;
using HnmStreams.Configuration;
using HnmStreams.Host.Application;
using HnmStreams.Host.Mlflow;

namespace HnmStreams.Host.Commands.Export;

/// <summary>The options of <c>hnm export</c> that register the file in an MLflow registry.</summary>
internal sealed class MlflowOptions
{
    private readonly Option<string?> _uri = new("--mlflow") { HelpName = "URI", Description = $"Register the file in the MLflow registry of this server, such as https://mlflow.example.org. Credentials come from {MlflowAddress.Token}, or {MlflowAddress.User} and {MlflowAddress.Password}" };
    private readonly Option<string?> _name = new("--name") { HelpName = "NAME", Description = "The name of the registered model" };
    private readonly Option<string?> _experiment = new("--experiment") { HelpName = "NAME", Description = "The experiment of the run that has the metrics and the files (default: the name of the model)" };
    private readonly Option<string?> _alias = new("--alias") { HelpName = "NAME", Description = "The alias that the new version gets, such as champion" };
    private readonly Option<bool> _http = new("--mlflow-allow-http") { Description = "Allow an unencrypted connection to another machine" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_uri, _name, _experiment, _alias, _http])
            command.Add(option);
    }

    /// <summary>Returns the registry that the options name; null if they name none.</summary>
    /// <exception cref="SettingsException">The options contradict each other, or the address is refused.</exception>
    public MlflowRegistry? Read(ParseResult parsed, CommandContext context)
    {
        var (uri, name) = (parsed.GetValue(_uri), parsed.GetValue(_name));
        if (uri is null)
        {
            return name is null && parsed.GetValue(_experiment) is null && parsed.GetValue(_alias) is null
                ? null
                : throw new SettingsException("'--mlflow' must be set if '--name', '--experiment' or '--alias' is set.");
        }

        if (string.IsNullOrWhiteSpace(name))
            throw new SettingsException("'--name' must be set if '--mlflow' is set: it is the name of the registered model.");
        return new MlflowRegistry(MlflowAddress.Of(uri, parsed.GetValue(_http), context.Environment), name, parsed.GetValue(_experiment) ?? name, parsed.GetValue(_alias));
    }
}
