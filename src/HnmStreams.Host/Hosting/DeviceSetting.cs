using HnmStreams.Configuration;
using HnmStreams.Torch.Devices;

namespace HnmStreams.Host.Hosting;

/// <summary>The check of <c>pipeline.device</c> against the devices of this machine.</summary>
internal static class DeviceSetting
{
    /// <exception cref="SettingsException">The machine does not have the device.</exception>
    public static void Check(string device)
    {
        try
        {
            TorchDevices.Parse(device);
        }
        catch (DeviceException e)
        {
            throw new SettingsException($"'pipeline.device' must be a device of this machine but is '{device}': {e.Message}", e);
        }
    }
}
