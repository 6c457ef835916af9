namespace HnmStreams.Pipeline.Checkpointing.Leases;

/// <summary>Another learner has taken over this one's place: it stops.</summary>
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
