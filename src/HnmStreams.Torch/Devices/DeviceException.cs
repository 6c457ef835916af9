namespace HnmStreams.Torch.Devices;

/// <summary>A device was asked for by a name that is wrong, or that this machine cannot give.</summary>
public sealed class DeviceException : Exception
{
    public DeviceException()
    {
    }

    public DeviceException(string message)
        : base(message)
    {
    }

    public DeviceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="device">The name as it was configured.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="remedy">What to do.</param>
    public DeviceException(string device, string problem, string remedy)
        : base($"Device '{device}': {problem} {remedy}")
    {
        Device = device;
        Remedy = remedy;
    }

    /// <summary>The configured name.</summary>
    public string? Device { get; }

    public string? Remedy { get; }
}
