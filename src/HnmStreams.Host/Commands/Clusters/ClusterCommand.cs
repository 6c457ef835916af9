using System.CommandLine;
using HnmStreams.Host.Application;
using HnmStreams.Host.Cluster;

namespace HnmStreams.Host.Commands.Clusters;

/// <summary><c>hnm cluster</c>.</summary>
internal static class ClusterCommand
{
    public static Command Create(CommandContext context) => new("cluster", "Look at the processes of a cluster.") { Status(context) };

    private static Command Status(CommandContext context)
    {
        var url = new Option<Uri>("--url")
        {
            HelpName = "URL",
            Description = "The address of the learner (http.urls)",
            DefaultValueFactory = _ => new Uri("http://127.0.0.1:8088"),
            CustomParser = result => Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https" ? parsed : Refuse(result),
        };
        var command = new Command("status", "Print the score nodes of a running learner: partitions, rate, lag, version of the weights, and the age of the last admission.") { url };
        command.SetAction((parsed, stop) => new ClusterStatusQuery(context, parsed.GetValue(url)!).ExecuteAsync(stop));
        return command;
    }

    private static Uri? Refuse(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"'--url' must be an http or https address, such as http://127.0.0.1:8088, but is '{result.Tokens[0].Value}'.");
        return null;
    }
}
