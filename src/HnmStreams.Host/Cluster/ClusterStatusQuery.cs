using System.Globalization;
using System.Text.Json;
using HnmStreams.Host.Application;
using HnmStreams.Pipeline.Cluster;
using HnmStreams.Web.Formatting;
using Spectre.Console;

namespace HnmStreams.Host.Cluster;

/// <summary>The question of <c>hnm cluster status</c>: the score nodes of a running learner, by its API.</summary>
internal sealed class ClusterStatusQuery(CommandContext context, Uri url)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task<int> ExecuteAsync(CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = url, Timeout = Timeout };
        ClusterStatus? before, after;
        try
        {
            before = await ReadAsync(client, stop);
            await Task.Delay(Interval, context.Time, stop);
            after = await ReadAsync(client, stop);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            context.Error.WriteLine($"hnm: no learner answers at {url}: {e.Message.TrimEnd('.')}. Give the address of the learner with --url.");
            return ExitCodes.Failure;
        }

        if (before is null || after is null)
        {
            context.Error.WriteLine($"hnm: the learner at {url} has no score nodes, because 'cluster.enabled' is false or it waits as a standby.");
            return ExitCodes.Failure;
        }

        context.Terminal.Write(TableOf(before, after));
        context.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"epoch {after.Epoch}, {after.Nodes.Count} nodes, {after.Sessions} sessions, {after.RejectedBatches} batches read again"));
        return ExitCodes.Ok;
    }

    private static async Task<ClusterStatus?> ReadAsync(HttpClient client, CancellationToken stop)
    {
        var status = await client.GetFromJsonAsync<JsonElement>("api/status", stop);
        return status.TryGetProperty("learner", out var learner) && learner.ValueKind == JsonValueKind.Object && learner.TryGetProperty("cluster", out var cluster) && cluster.ValueKind == JsonValueKind.Object
            ? cluster.Deserialize<ClusterStatus>(JsonSerializerOptions.Web)
            : null;
    }

    private static Table TableOf(ClusterStatus before, ClusterStatus after)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("node", "partitions", "scored/s", "lag", "version", "admitted", "heard");
        foreach (var node in after.Nodes)
        {
            var earlier = before.Nodes.FirstOrDefault(n => string.Equals(n.Node, node.Node, StringComparison.Ordinal))?.Scored ?? node.Scored;
            table.AddRow(
                Markup.Escape(node.Node),
                string.Join(',', node.Partitions),
                Numbers.Count(node.Scored - earlier),
                Numbers.Count(node.Lag),
                node.Version.ToString(CultureInfo.InvariantCulture),
                node.SecondsSinceAdmission is { } admitted ? string.Create(CultureInfo.InvariantCulture, $"{admitted:0.0} s ago") : "never",
                string.Create(CultureInfo.InvariantCulture, $"{node.SecondsSinceMessage:0.0} s ago"));
        }

        return table;
    }
}
