using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Host.Application;
using HnmStreams.Pipeline.Checkpointing;
using HnmStreams.Pipeline.Memory;

namespace HnmStreams.Host.Commands;

/// <summary><c>hnm inspect</c>.</summary>
internal static class InspectCommand
{
    public static Command Create(CommandContext context)
    {
        var path = new Argument<string>("CHECKPOINT") { Description = "A checkpoint, or the folder that holds them" };
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var account = new Option<string?>("--account")
        {
            HelpName = "FILE",
            Description = "Write how often the newest whole one has taken in each example: lines of key,count (kept where pipeline.audit.ids is set)",
        };
        var command = new Command("inspect", "Say what is in a checkpoint and whether it is whole. Exit code 1 where none is.") { path, json, account };
        command.SetAction(parsed =>
        {
            var folder = Path.GetFullPath(parsed.GetValue(path)!, context.WorkingFolder);
            var found = CheckpointInspection.Describe(folder);
            if (parsed.GetValue(json))
                context.Out.WriteLine(JsonSerializer.Serialize(found, InspectJson.Default.IReadOnlyListInspectedCheckpoint));
            else
                Print(context.Out, folder, found);
            if (parsed.GetValue(account) is { } file)
                WriteAccount(context, folder, file);
            return found.Any(c => c.Damage is null) ? ExitCodes.Ok : ExitCodes.Failure;
        });
        return command;
    }

    private static void Print(TextWriter output, string folder, IReadOnlyList<InspectedCheckpoint> found)
    {
        if (found.Count == 0)
            output.WriteLine($"{folder}: no checkpoint");
        foreach (var checkpoint in found)
        {
            output.WriteLine($"{checkpoint.Path}: {(checkpoint.Damage is null ? "whole" : $"DAMAGED: {checkpoint.Damage}")}");
            if (checkpoint.Created is not { } created)
                continue;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  id {checkpoint.Id}, made {created:u}, model version {checkpoint.ModelVersion}"));
            foreach (var mark in checkpoint.Positions)
                output.WriteLine($"  {mark.Topic}[{mark.Partition}] next offset {mark.NextOffset} (topic id {Known(mark.TopicId)}, cluster {Known(mark.ClusterId)})");
            foreach (var part in checkpoint.Parts)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {part.Name,-24} {part.Bytes,14:N0} bytes  {part.Damage ?? "sound"}"));
            foreach (var (key, value) in checkpoint.Shape.OrderBy(s => s.Key, StringComparer.Ordinal))
                output.WriteLine($"  {key,-32} {(value.Length <= 100 ? value : value[..100] + "…")}");
        }
    }

    private static string Known(string id) => id.Length > 0 ? id : "not known";

    private static void WriteAccount(CommandContext context, string folder, string file)
    {
        var counts = IdAuditReader.Read(folder, out var beyond);
        File.WriteAllLines(
            Path.GetFullPath(file, context.WorkingFolder),
            counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key},{c.Count}")));
        context.Error.WriteLine($"{counts.Count} ids to {file}" + (beyond > 0 ? $"; {beyond} examples found no room in the account (pipeline.audit.ids)" : ""));
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<InspectedCheckpoint>))]
internal sealed partial class InspectJson : JsonSerializerContext;
