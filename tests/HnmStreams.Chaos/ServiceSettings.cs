using System.Text.Json.Nodes;

namespace HnmStreams.Chaos;

/// <summary>The configuration of the service under test: a small model, a checkpoint every second and the audit of ids.</summary>
internal static class ServiceSettings
{
    public static string Write(string folder, string bootstrap, string topic, string group, Uri pages, string state, int ids)
    {
        var settings = new JsonObject
        {
            ["taskFile"] = null,
            ["kafka"] = new JsonObject { ["bootstrapServers"] = bootstrap, ["topic"] = topic, ["groupId"] = group },
            ["task"] = new JsonObject
            {
                ["name"] = "tabular",
                ["tabular"] = new JsonObject { ["features"] = NumberedProducer.Features, ["hidden"] = new JsonArray(16) },
            },
            ["pipeline"] = new JsonObject
            {
                ["device"] = "cpu",
                ["batching"] = new JsonObject { ["size"] = 64 },
                ["limiter"] = new JsonObject { ["examplesPerStep"] = 64 },
                ["checkpointing"] = new JsonObject { ["every"] = "1s" },
                ["audit"] = new JsonObject { ["ids"] = ids },
            },
            ["checkpoints"] = new JsonObject { ["folder"] = state },
            ["models"] = new JsonObject { ["folder"] = null },
            ["http"] = new JsonObject { ["urls"] = pages.ToString().TrimEnd('/') },
            ["run"] = new JsonObject { ["display"] = "plain", ["drainTimeout"] = "60s" },
        };
        var path = Path.Combine(folder, "chaos.json");
        File.WriteAllText(path, settings.ToJsonString());
        return path;
    }
}
