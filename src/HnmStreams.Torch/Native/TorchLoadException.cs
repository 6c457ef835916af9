namespace HnmStreams.Torch.Native;

/// <summary>libtorch or TorchSharp's own library cannot be used on this machine. The message says what was tried and what to do.</summary>
public sealed class TorchLoadException : Exception
{
    public TorchLoadException()
    {
    }

    public TorchLoadException(string message)
        : base(message)
    {
    }

    public TorchLoadException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
