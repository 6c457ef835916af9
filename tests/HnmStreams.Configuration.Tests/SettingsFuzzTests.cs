using System.Text;
using HnmStreams.Testing;

namespace HnmStreams.Configuration.Tests;

[Trait("Category", "Fuzz")]
public sealed class SettingsFuzzTests
{
    private const string Valid = """
        { "taskFile": null, "kafka": { "topic": "t", "client": { "sasl.password": "secret" } }, "task": { "images": { "positive": "1" } },
          "pipeline": { "batching": { "size": 512, "linger": "50ms" }, "pool": { "count": 4000 }, "evaluation": { "interval": "2s" } },
          "data": { "downsampling": { "spam": "0.01" } }, "http": { "urls": "http://127.0.0.1:8088" } }
        """;

    [Fact]
    public void Mutated_files_and_keys_are_loaded_or_refused_with_a_reason()
    {
        using var folder = new SettingsFolder();
        var mutation = new Mutation(Mutation.Seed(11));
        string[] sets = ["pipeline.batching.size=4", "run.limit=6", "http.allowedHosts=a;b", "data.table.delimiter=,", "kafka.client.sasl.password=secret"];
        // Each input is a file and a complete load, which takes several milliseconds. So there are fewer inputs.
        var (inputs, refused) = (Math.Max(500, Mutation.Inputs(0) / 100), 0);
        for (var i = 0; i < inputs; i++)
        {
            var (file, set) = (Encoding.UTF8.GetBytes(Valid), sets[mutation.Below(sets.Length)]);
            if (i % 2 == 0)
                file = mutation.Apply(file);
            else
                set = Encoding.UTF8.GetString(mutation.Apply(Encoding.UTF8.GetBytes(set)));
            File.WriteAllBytes(Path.Combine(folder.Path, "mutated.json"), file);
            try
            {
                folder.Load("mutated.json", [set]);
            }
            catch (SettingsException e)
            {
                Assert.NotEmpty(e.Message);
                refused++;
            }
        }

        Assert.InRange(refused, inputs / 4, inputs);
    }
}
