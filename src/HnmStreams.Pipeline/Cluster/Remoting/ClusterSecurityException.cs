namespace HnmStreams.Pipeline.Cluster.Remoting;

/// <summary>The exception for settings with which a node would not be safe. The message names the setting and the remedy.</summary>
public sealed class ClusterSecurityException : Exception
{
    public ClusterSecurityException()
    {
    }

    public ClusterSecurityException(string message)
        : base(message)
    {
    }

    public ClusterSecurityException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
