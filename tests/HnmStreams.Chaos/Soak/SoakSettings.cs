using System.Text.Json.Nodes;

namespace HnmStreams.Chaos.Soak;

/// <summary>The configuration of the service under test: the default network and batches, a large pool and a checkpoint every 30 s.</summary>
internal static class SoakSettings
{
    private const int BytesPerImage = 2_048;

    public static string Write(string folder, string bootstrap, string topic, Uri pages, int pool)
    {
        var settings = new JsonObject
        {
            ["kafka"] = new JsonObject { ["bootstrapServers"] = bootstrap, ["topic"] = topic, ["groupId"] = "soak-learner" },
            ["pipeline"] = new JsonObject
            {
                ["device"] = "cpu",
                ["pool"] = new JsonObject { ["count"] = pool, ["bytes"] = (long)pool * BytesPerImage },
                ["checkpointing"] = new JsonObject { ["every"] = "30s" },
            },
            ["checkpoints"] = new JsonObject { ["folder"] = Path.Combine(folder, "state") },
            ["models"] = new JsonObject { ["folder"] = null },
            ["http"] = new JsonObject { ["urls"] = pages.ToString().TrimEnd('/') },
            ["run"] = new JsonObject { ["display"] = "plain", ["reportEvery"] = "60s", ["drainTimeout"] = "60s" },
        };
        var path = Path.Combine(folder, "soak.json");
        File.WriteAllText(path, settings.ToJsonString());
        return path;
    }
}
