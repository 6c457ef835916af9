namespace HnmStreams.Torch.Native;

/// <summary>
/// The exception for a libtorch or a native TorchSharp library that cannot be used on this machine. The message lists
/// the attempts and the remedy.
/// </summary>
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
