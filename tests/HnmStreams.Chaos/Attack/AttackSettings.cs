using System.Text.Json.Nodes;

namespace HnmStreams.Chaos.Attack;

/// <summary>The configuration of the service under attack: the embedded cluster with the synthetic stream, and checkpoints every second.</summary>
internal static class AttackSettings
{
    public const int MaxCircuits = 8;

    public static string Write(string folder, Uri pages, string state)
    {
        var settings = new JsonObject
        {
            ["pipeline"] = new JsonObject { ["device"] = "cpu", ["checkpointing"] = new JsonObject { ["every"] = "2s" } },
            ["checkpoints"] = new JsonObject { ["folder"] = state },
            ["data"] = new JsonObject { ["rate"] = 500 },
            ["models"] = new JsonObject { ["folder"] = null },
            ["http"] = new JsonObject { ["urls"] = pages.ToString().TrimEnd('/'), ["maxCircuits"] = MaxCircuits },
            ["run"] = new JsonObject { ["display"] = "plain", ["drainTimeout"] = "30s" },
        };
        var path = Path.Combine(folder, "attack.json");
        File.WriteAllText(path, settings.ToJsonString());
        return path;
    }
}
