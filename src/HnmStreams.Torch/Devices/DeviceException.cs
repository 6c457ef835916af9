namespace HnmStreams.Torch.Devices;

/// <summary>The exception for a configured device that has an invalid name or does not exist on this machine.</summary>
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

    /// <param name="device">The configured name.</param>
    /// <param name="problem">What is wrong with the name.</param>
    /// <param name="remedy">The remedy.</param>
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
