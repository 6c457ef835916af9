namespace HnmStreams.Pipeline.Checkpointing.Leases;

/// <summary>The exception for a learner that another one has replaced. It has to stop.</summary>
public class SupersededException : InvalidOperationException
{
    public SupersededException()
    {
    }

    public SupersededException(string message)
        : base(message)
    {
    }

    public SupersededException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
