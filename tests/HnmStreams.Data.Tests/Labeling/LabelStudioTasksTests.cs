using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using CsCheck;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Labeling;
using HnmStreams.Data.Readers;

namespace HnmStreams.Data.Tests.Labeling;

public sealed class LabelStudioTasksTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_written_task_comes_back_with_the_label_of_a_person()
    {
        byte[] png = [0x89, (byte)'P', (byte)'N', (byte)'G', 1, 2, 3];
        var file = Written(
            new LabelTask("tx-1", new ExampleInput.Features([new Feature("amount", 12.5, null), new Feature("country", 0, "DE")]), new LabelPrediction("fraud", 0.61, 12)),
            new LabelTask("m-1", new ExampleInput.Text("You won a \"prize\"")),
            new LabelTask("i-1", new ExampleInput.EncodedImage(png)));
        var tasks = JsonNode.Parse(file)!.AsArray();
        Assert.Equal("amount: 12.5\ncountry: DE", (string?)tasks[0]!["data"]!["text"]);
        Assert.Equal("You won a \"prize\"", (string?)tasks[1]!["data"]!["text"]);
        Assert.Equal($"data:image/png;base64,{Convert.ToBase64String(png)}", (string?)tasks[2]!["data"]!["image"]);
        Assert.Equal(
            """{"model_version":"v12","score":0.61,"result":[{"from_name":"label","to_name":"input","type":"choices","value":{"choices":["fraud"]}}]}""",
            tasks[0]!["predictions"]![0]!.ToJsonString());
        Assert.Null(tasks[1]!["predictions"]);

        tasks[0]!["annotations"] = new JsonArray(Annotation("ok", "2026-11-23T10:00:00Z"), Annotation("fraud", "2026-11-24T10:00:00Z"), Annotation("ok", "2026-11-25T10:00:00Z", cancelled: true));
        tasks[1]!["annotations"] = new JsonArray(Annotation("spam", null));
        tasks[2]!["annotations"] = new JsonArray();
        Assert.Equal(
            [new LabelVerdict("tx-1", "fraud", new DateTimeOffset(2026, 11, 24, 10, 0, 0, TimeSpan.Zero)), new LabelVerdict("m-1", "spam", null)],
            await ReadAsync(tasks.ToJsonString()));
    }

    [Fact(Timeout = 300_000)]
    public async Task Ids_texts_and_labels_survive_the_way_there_and_back() =>
        await Gen.Select(Gen.String[1, 40].Where(IsText), Gen.String.Where(IsText), Gen.String[1, 20].Where(IsText)).Array[0, 20].SampleAsync(async examples =>
        {
            var tasks = JsonNode.Parse(Written([.. examples.Select(e => new LabelTask(e.Item1, new ExampleInput.Text(e.Item2)))]))!.AsArray();
            Assert.Equal(examples.Select(e => e.Item2), tasks.Select(t => (string?)t!["data"]!["text"]));
            for (var i = 0; i < examples.Length; i++)
                tasks[i]!["annotations"] = new JsonArray(Annotation(examples[i].Item3, "2026-11-23T10:00:00Z"));
            Assert.Equal(examples.Select(e => (e.Item1, e.Item3)), (await ReadAsync(tasks.ToJsonString())).Select(v => (v.Id, v.Label)));
        }, iter: 200);

    [Fact(Timeout = 60_000)]
    public async Task Reads_an_export_of_the_tool()
    {
        // A task of Label Studio 1.13's export, with the members that are of no interest here.
        const string export = """
            [{"id": 7, "annotations": [{"id": 3, "completed_by": 1, "result": [{"value": {"choices": ["fraud"]}, "id": "kX1", "from_name": "label", "to_name": "input",
              "type": "choices", "origin": "manual"}], "was_cancelled": false, "ground_truth": false, "created_at": "2026-11-23T10:00:00.123456Z",
              "updated_at": "2026-11-23T10:00:05.654321Z", "lead_time": 4.2, "prediction": {}, "task": 7}], "file_upload": "a-tasks.json", "drafts": [], "predictions": [],
              "data": {"text": "amount: 1", "hnm_id": "tx-9"}, "meta": {}, "inner_id": 1, "total_annotations": 1}]
            """;
        var verdict = Assert.Single(await ReadAsync(export));
        Assert.Equal(("tx-9", "fraud"), (verdict.Id, verdict.Label));
        Assert.Equal(new DateTime(2026, 11, 23, 10, 0, 5), verdict.Time!.Value.UtcDateTime, TimeSpan.FromSeconds(1));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("""{"a": 1}""")]
    [InlineData("""[{"data": {"text": "x"}}]""")]
    [InlineData("""[{"data": {"hnm_id": "a"}, "annotations": 5}]""")]
    [InlineData("""[{"data": """)]
    public async Task Rejects_another_file_with_the_expected_content(string file)
    {
        var error = await Assert.ThrowsAsync<DataSourceException>(() => ReadAsync(file));
        Assert.Contains("tasks.json", error.Message, StringComparison.Ordinal);
        Assert.Contains("data.hnm_id", error.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Skips_what_a_person_cannot_see()
    {
        using var stream = new MemoryStream();
        Assert.Equal(1, LabelStudioTasks.Write(stream, [new LabelTask("v-1", new ExampleInput.Dense(ElementType.UInt8, [1], new byte[] { 1 }))]));
        Assert.Equal("[]", Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Theory]
    [InlineData(true, "Image", "$image")]
    [InlineData(false, "Text", "$text")]
    public void The_labeling_interface_is_XML_with_the_names_of_the_tasks(bool isImage, string element, string value)
    {
        var view = XElement.Parse(LabelStudioTasks.LabelConfig(isImage, ["ok", "a<b & \"c\""]));
        Assert.Equal(value, (string?)view.Element(element)!.Attribute("value"));
        Assert.Equal("input", (string?)view.Element("Choices")!.Attribute("toName"));
        Assert.Equal(["ok", "a<b & \"c\""], view.Descendants("Choice").Select(c => (string?)c.Attribute("value")));
    }

    // JSON cannot carry a half of a surrogate pair.
    private static bool IsText(string value) => !value.Any(char.IsSurrogate);

    private static JsonObject Annotation(string label, string? updated, bool cancelled = false) => new()
    {
        ["result"] = new JsonArray(new JsonObject
        {
            ["from_name"] = "label",
            ["to_name"] = "input",
            ["type"] = "choices",
            ["value"] = new JsonObject { ["choices"] = new JsonArray(label) },
        }),
        ["was_cancelled"] = cancelled,
        ["updated_at"] = updated,
    };

    private static string Written(params LabelTask[] tasks)
    {
        using var stream = new MemoryStream();
        Assert.Equal(0, LabelStudioTasks.Write(stream, tasks));
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static async Task<IReadOnlyList<LabelVerdict>> ReadAsync(string json)
    {
        var verdicts = new List<LabelVerdict>();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        await foreach (var verdict in LabelStudioTasks.ReadAsync(stream, "tasks.json"))
            verdicts.Add(verdict);
        return verdicts;
    }
}
