using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Readers;

namespace HnmStreams.Data.Labeling;

/// <summary>
/// Files of tasks for Label Studio (JSON): written for its import, and read from its export with the annotations of people.
/// </summary>
/// <remarks>
/// Thread-safe. Files are streamed: memory is that of one task. The id is in <c>data.hnm_id</c>, which the tool keeps. The content is in
/// <c>data.text</c> (features as lines <c>name: value</c>) or <c>data.image</c> (a data URI). <see cref="LabelConfig"/> is the labeling interface
/// for these names.
/// </remarks>
public static class LabelStudioTasks
{
    private const string Control = "label";
    private const string Content = "input";
    private const string ChoiceType = "choices";
    private const string Expected = "a JSON array of tasks as Label Studio exports it (JSON, not JSON_MIN), with the member data.hnm_id.";

    /// <summary>Writes tasks as one JSON array. Returns the number of examples that were skipped because a person cannot see their input.</summary>
    public static int Write(Stream to, IEnumerable<LabelTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        using var writer = new Utf8JsonWriter(to);
        var skipped = 0;
        writer.WriteStartArray();
        foreach (var task in tasks)
        {
            if (DataOf(task) is not { } data)
            {
                skipped++;
                continue;
            }

            JsonSerializer.Serialize(writer, new StudioTask(data, PredictionsOf(task.Prediction)), LabelStudioJsonContext.Default.StudioTask);
            if (writer.BytesPending > 1 << 16)
                writer.Flush();
        }

        writer.WriteEndArray();
        return skipped;
    }

    /// <summary>
    /// Reads the labels that people gave. Of several annotations of a task the newest counts; skipped tasks (<c>was_cancelled</c>) and tasks
    /// without a single choice have none.
    /// </summary>
    /// <param name="from">The file.</param>
    /// <param name="path">Its path, for errors.</param>
    /// <exception cref="DataSourceException">The file is not such an export.</exception>
    public static async IAsyncEnumerable<LabelVerdict> ReadAsync(
        Stream from, string path, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var tasks = JsonSerializer.DeserializeAsyncEnumerable(from, LabelStudioJsonContext.Default.StudioTask, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (tasks)
        {
            for (var index = 0; await NextAsync(tasks, path); index++)
            {
                if (tasks.Current?.Data?.Id is not { Length: > 0 } id)
                    throw new DataSourceException(path, $"Task {index} has no member data.hnm_id.", Expected);
                if (VerdictOf(id, tasks.Current) is { } verdict)
                    yield return verdict;
            }
        }
    }

    /// <summary>Returns the labeling interface (XML) for Label Studio's settings of a project.</summary>
    /// <param name="isImage">True for images; false for texts and features.</param>
    /// <param name="labels">The labels to choose from.</param>
    public static string LabelConfig(bool isImage, IEnumerable<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var xml = new StringBuilder("<View>\n");
        xml.Append(CultureInfo.InvariantCulture, $"  <{(isImage ? "Image" : "Text")} name=\"{Content}\" value=\"{(isImage ? "$image" : "$text")}\"/>\n");
        xml.Append(CultureInfo.InvariantCulture, $"  <Choices name=\"{Control}\" toName=\"{Content}\" choice=\"single\">\n");
        foreach (var label in labels)
            xml.Append(CultureInfo.InvariantCulture, $"    <Choice value=\"{System.Security.SecurityElement.Escape(label)}\"/>\n");
        return xml.Append("  </Choices>\n</View>\n").ToString();
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<StudioTask?> tasks, string path)
    {
        try
        {
            return await tasks.MoveNextAsync();
        }
        catch (JsonException e)
        {
            throw new DataSourceException(path, e.Message, Expected, e);
        }
    }

    private static StudioData? DataOf(LabelTask task) => task.Input switch
    {
        ExampleInput.Text text => new StudioData(task.Id, Text: text.Value),
        ExampleInput.EncodedImage image => new StudioData(task.Id, Image: $"data:{MediaType(image.Data.Span)};base64,{Convert.ToBase64String(image.Data.Span)}"),
        ExampleInput.Features features => new StudioData(task.Id, Text: string.Join('\n', features.Items.Select(
            f => string.Create(CultureInfo.InvariantCulture, $"{f.Name}: {f.Category ?? f.Number.ToString("R", CultureInfo.InvariantCulture)}")))),
        _ => null,
    };

    private static string MediaType(ReadOnlySpan<byte> image) => image.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']) ? "image/png" : "image/jpeg";

    private static IReadOnlyList<StudioPrediction>? PredictionsOf(LabelPrediction? prediction) => prediction is null
        ? null
        : [new StudioPrediction(
            string.Create(CultureInfo.InvariantCulture, $"v{prediction.ModelVersion}"),
            prediction.Probability,
            [new StudioResult(Control, Content, ChoiceType, new StudioValue([prediction.Label]))])];

    private static LabelVerdict? VerdictOf(string id, StudioTask task)
    {
        var newest = (task.Annotations ?? []).Where(a => a is { WasCancelled: false }).MaxBy(a => a.Time ?? DateTimeOffset.MinValue);
        var choices = newest?.Result?.Where(r => r is { Type: ChoiceType }).SelectMany(r => r.Value?.Choices ?? []).ToArray();
        return choices is [{ Length: > 0 } label] ? new LabelVerdict(id, label, newest!.Time) : null;
    }
}
