using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Host.Application;
using HnmStreams.Pipeline.Checkpointing.Inspection;
using HnmStreams.Pipeline.Memory;

namespace HnmStreams.Host.Commands;

/// <summary><c>hnm inspect</c>.</summary>
internal static class InspectCommand
{
    public static Command Create(CommandContext context)
    {
        var path = new Argument<string>("CHECKPOINT") { Description = "A checkpoint, or a folder of checkpoints" };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var account = new Option<string?>("--account")
        {
            HelpName = "FILE",
            Description = "Write how often the newest intact checkpoint has consumed each example, as lines of key,count (requires pipeline.audit.ids)",
        };
        var command = new Command("inspect", "Print the contents of checkpoints and verify them. The exit code is 1 if none is intact.") { path, json, account };
        command.SetAction(parsed =>
        {
            var folder = Path.GetFullPath(parsed.GetValue(path)!, context.WorkingFolder);
            var checkpoints = CheckpointInspection.Describe(folder);
            if (parsed.GetValue(json))
                context.Out.WriteLine(JsonSerializer.Serialize(checkpoints, InspectJson.Default.IReadOnlyListInspectedCheckpoint));
            else
                Print(context.Out, folder, checkpoints);
            if (parsed.GetValue(account) is { } file)
                WriteAccount(context, folder, file);
            return checkpoints.Any(c => c.Damage is null) ? ExitCodes.Ok : ExitCodes.Failure;
        });
        return command;
    }

    private static void Print(TextWriter output, string folder, IReadOnlyList<InspectedCheckpoint> checkpoints)
    {
        if (checkpoints.Count == 0)
            output.WriteLine($"{folder}: no checkpoint");
        foreach (var checkpoint in checkpoints)
        {
            output.WriteLine($"{checkpoint.Path}: {(checkpoint.Damage is null ? "intact" : $"DAMAGED: {checkpoint.Damage}")}");
            if (checkpoint.Created is not { } created)
                continue;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  id {checkpoint.Id}, created {created:u}, model version {checkpoint.ModelVersion}"));
            foreach (var position in checkpoint.Positions)
                output.WriteLine($"  {position.Topic}[{position.Partition}] next offset {position.NextOffset} (topic id {Known(position.TopicId)}, cluster {Known(position.ClusterId)})");
            foreach (var part in checkpoint.Parts)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {part.Name,-24} {part.Bytes,14:N0} bytes  {part.Damage ?? "intact"}"));
            foreach (var (key, value) in checkpoint.Settings.OrderBy(s => s.Key, StringComparer.Ordinal))
                output.WriteLine($"  {key,-32} {(value.Length <= 100 ? value : value[..100] + "…")}");
        }
    }

    private static string Known(string id) => id.Length > 0 ? id : "unknown";

    private static void WriteAccount(CommandContext context, string folder, string file)
    {
        var counts = IdAuditReader.Read(folder, out var beyond);
        File.WriteAllLines(
            Path.GetFullPath(file, context.WorkingFolder),
            counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key},{c.Count}")));
        context.Error.WriteLine($"{counts.Count} ids to {file}" + (beyond > 0 ? $"; {beyond} examples exceeded the limit of the id audit (pipeline.audit.ids)" : ""));
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<InspectedCheckpoint>))]
internal sealed partial class InspectJson : JsonSerializerContext;
