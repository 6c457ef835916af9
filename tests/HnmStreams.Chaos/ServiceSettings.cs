using System.Text.Json.Nodes;

namespace HnmStreams.Chaos;

/// <summary>The configuration of the service under test: a small model, a checkpoint every second and the audit of ids.</summary>
internal static class ServiceSettings
{
    /// <summary>Returns the name of the topic of predictions.</summary>
    public static string PredictionsTopicOf(string topic) => topic + ".predictions";

    public static string Write(string folder, string bootstrap, string topic, string group, Uri pages, string state, int ids, bool labelsComeLater = false)
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
        if (labelsComeLater)
        {
            settings["labels"] = new JsonObject { ["mode"] = "later", ["writeBufferBytes"] = 4 << 20 };
            settings["kafka"]!["predictionsTopic"] = PredictionsTopicOf(topic);
        }

        var path = Path.Combine(folder, "chaos.json");
        File.WriteAllText(path, settings.ToJsonString());
        return path;
    }
}
