using System.CommandLine;
using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;
using HnmStreams.Torch.Devices;

namespace HnmStreams.Benchmarks.Gpu;

/// <summary><c>gpu</c>: a residual network on a GPU. Skipped with the reason on a machine without one.</summary>
internal static class GpuCommand
{
    public static Command Create(TextWriter output, TimeProvider time)
    {
        var device = new Option<string>("--device") { HelpName = "DEVICE", Description = "cuda, cuda:N, or cpu to exercise the benchmark without a GPU", DefaultValueFactory = _ => "cuda" };
        var small = new Option<bool>("--small") { Description = "A small network and small batches" };
        var batch = new Option<int?>("--batch") { HelpName = "N", Description = "Images per scored batch (default: 256, or 32 with --small)" }.AtLeast(1);
        var batches = new Option<int>("--batches") { HelpName = "N", Description = "Scored batches per round of the pipeline", DefaultValueFactory = _ => 16 }.AtLeast(1);
        var rounds = new Option<int>("--rounds") { HelpName = "N", Description = "Rounds; the report has the medians", DefaultValueFactory = _ => 3 }.AtLeast(1);
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of weights and images", DefaultValueFactory = _ => 1UL };
        var command = new Command("gpu", "ResNet-50 in bfloat16 compared with the device's matrix product, and the whole pipeline with a bare loop") { device, small, batch, batches, rounds, seed };
        command.SetAction(async (parsed, cancellation) =>
        {
            TorchSharp.torch.Device found;
            try
            {
                found = TorchDevices.Parse(parsed.GetValue(device)!);
            }
            catch (DeviceException e) when (parsed.GetValue(device)!.StartsWith("cuda", StringComparison.OrdinalIgnoreCase))
            {
                await output.WriteLineAsync($"gpu: skipped: {e.Message} 'gpu --device cpu --small' runs the same code on the CPU.");
                return ExitCodes.Ok;
            }

            var rows = parsed.GetValue(batch) ?? (parsed.GetValue(small) ? 32 : 256);
            var settings = new GpuSettings(
                found.ToString(), UsesBFloat16(found, output), parsed.GetValue(small) ? ResNetShape.Small : ResNetShape.ResNet50, parsed.GetValue(small) ? 512 : 8_192,
                rows, Math.Max(2, rows / 8), rows * parsed.GetValue(batches), parsed.GetValue(rounds), parsed.GetValue(seed));
            var folder = Directory.CreateTempSubdirectory("hnm-benchmark-gpu-");
            try
            {
                await output.WriteLineAsync((await new GpuBenchmark(settings, output, time).RunAsync(folder.FullName, cancellation)).ToString());
            }
            finally
            {
                folder.Delete(recursive: true);
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static bool UsesBFloat16(TorchSharp.torch.Device device, TextWriter output)
    {
        try
        {
            TorchDevices.CheckBFloat16(device);
            return true;
        }
        catch (DeviceException e)
        {
            output.WriteLine($"gpu: products in float32: {e.Message}");
            return false;
        }
    }
}
