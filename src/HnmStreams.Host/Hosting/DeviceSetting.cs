using HnmStreams.Configuration;
using HnmStreams.Configuration.Sections;
using HnmStreams.Torch.Devices;

namespace HnmStreams.Host.Hosting;

/// <summary>The check of <c>pipeline.device</c> and <c>task.backbone.precision</c> against the devices of this machine.</summary>
internal static class DeviceSetting
{
    /// <exception cref="SettingsException">The machine does not have the device, or the device does not support the precision of <c>task.backbone</c>.</exception>
    public static void Check(HnmOptions options)
    {
        var device = options.Pipeline.Device;
        try
        {
            var parsed = TorchDevices.Parse(device);
            if (options.Task.Backbone is { File: not null, Precision: "bfloat16" })
                CheckBFloat16(parsed);
        }
        catch (DeviceException e)
        {
            throw new SettingsException($"'pipeline.device' must be a device of this machine but is '{device}': {e.Message}", e);
        }
    }

    private static void CheckBFloat16(TorchSharp.torch.Device device)
    {
        try
        {
            TorchDevices.CheckBFloat16(device);
        }
        catch (DeviceException e)
        {
            throw new SettingsException($"'task.backbone.precision' must be float32 on this machine but is 'bfloat16': {e.Message}", e);
        }
    }
}
