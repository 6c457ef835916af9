using Akka.Streams;

namespace HnmStreams.Pipeline.Flow;

/// <summary>The buffers between the stages of a stream.</summary>
internal static class StreamBuffers
{
    /// <summary>One waiting element. Batches are large: one per boundary keeps all stages busy, and sixteen would only be older.</summary>
    public static readonly Attributes OneInFlight = Attributes.CreateInputBuffer(1, 1);
}
