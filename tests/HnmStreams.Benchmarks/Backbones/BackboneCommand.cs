using System.CommandLine;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;
using HnmStreams.Torch.Networks.Backbones;

namespace HnmStreams.Benchmarks.Backbones;

/// <summary><c>backbone</c>: memory and time of training steps and scores of a published backbone.</summary>
internal static class BackboneCommand
{
    /// <param name="pathOf">Returns the absolute path of a file that the command line names.</param>
    public static Command Create(TextWriter output, Func<string, string> pathOf)
    {
        var file = new Option<string>("--file") { HelpName = "FILE", Description = "The weights, for example artifacts/encoders/minilm/model.safetensors (make encoders)", Required = true };
        var rows = Count("--rows", "Rows of a batch", 32).AtLeast(1);
        var size = Count("--size", "Tokens of a text, or height and width of an image", 64).AtLeast(1);
        var rowsPerPass = Count("--rows-per-pass", "Largest number of rows in one pass of a step; 0 for whole batches", 0).AtLeast(0);
        var frozen = Count("--frozen-layers", "Layers from the input that are not trained", 0).AtLeast(0);
        var bfloat16 = new Option<bool>("--bfloat16") { Description = "Compute products in bfloat16" };
        var recompute = new Option<bool>("--recompute") { Description = "Recompute activations in the backward pass" };
        var steps = Count("--steps", "Measured steps; the report has the medians", 3).AtLeast(1);
        var threads = Count("--threads", "Threads", 1).AtLeast(1);
        var command = new Command("backbone", "Peak memory and time of training steps and scores of a published backbone, one combination of settings per process")
        {
            file, rows, size, rowsPerPass, frozen, bfloat16, recompute, steps, threads,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var settings = new BackboneSettings(
                pathOf(parsed.GetValue(file)!), parsed.GetValue(rows), parsed.GetValue(size), parsed.GetValue(rowsPerPass), parsed.GetValue(frozen),
                new BackboneComputing(parsed.GetValue(bfloat16), parsed.GetValue(recompute)), parsed.GetValue(steps), parsed.GetValue(threads));
            await output.WriteLineAsync(BackboneBenchmark.Run(settings, cancellation).ToString());
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Option<int> Count(string name, string description, int defaultValue) =>
        new(name) { HelpName = "N", Description = description, DefaultValueFactory = _ => defaultValue };
}
