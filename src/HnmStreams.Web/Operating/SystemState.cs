using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using HnmStreams.Torch.Devices;
using HnmStreams.Web.Monitoring;

namespace HnmStreams.Web.Operating;

/// <summary>The use of the machine by this process. Thread-safe.</summary>
internal sealed class SystemState(EffectiveSettings settings, GpuMonitor gpus)
{
    private readonly Lazy<string?> _device = new(() => DeviceOf(settings.Items.FirstOrDefault(s => s.Path == "pipeline.device")?.Value));

    /// <summary>Returns the memory of the GPUs, if the learner runs on one.</summary>
    public IReadOnlyList<GpuMemory> Gpus(LearnerSources? learner) => gpus.Latest(learner is null ? null : _device.Value);

    public SystemStatus Now(LearnerSources? learner)
    {
        using var process = Process.GetCurrentProcess();
        return new SystemStatus(
            learner is null ? null : _device.Value,
            Environment.ProcessorCount,
            process.Threads.Count,
            process.WorkingSet64,
            GC.GetTotalMemory(forceFullCollection: false),
            learner?.Status().Ranking.Pool.Bytes ?? 0,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            Math.Round(process.TotalProcessorTime.TotalSeconds, 1),
            RuntimeInformation.FrameworkDescription,
            string.Create(CultureInfo.InvariantCulture, $"{RuntimeInformation.OSDescription} ({RuntimeInformation.ProcessArchitecture})"),
            Gpus(learner));
    }

    // A learner exists, so libtorch is loaded and the device is valid.
    private static string? DeviceOf(string? name)
    {
        if (name is null)
            return null;
        try
        {
            return TorchDevices.Parse(name).ToString();
        }
        catch (DeviceException)
        {
            return name;
        }
    }
}
