using HnmStreams.Kafka.Consuming.Status;
using HnmStreams.Pipeline.Serving;
using HnmStreams.Web.DeadLetters;

namespace HnmStreams.Web.Serving;

/// <summary>The phase of a serving process.</summary>
internal enum ServingPhase
{
    /// <summary>Waits for the first model, or for the topic.</summary>
    Starting,
    Serving,

    /// <summary>Reads no more records and completes those in flight.</summary>
    Draining,
    Stopped,
    Failed,
}

/// <summary>The stream of a serving process.</summary>
/// <param name="Consumer">Returns the consumer's status. Cheap; callable from any thread.</param>
/// <param name="DecodingWaitsFor">Returns the reason why records wait to be decoded; null if they do not wait.</param>
internal sealed record ServingStream(string Bootstrap, string Topic, string Group, Func<ConsumerStatus> Consumer, RecentDeadLetters DeadLetters, Func<string?> DecodingWaitsFor);

/// <summary>A serving process as the API, health checks, metrics and the terminal see it.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ServingView(TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();
    private ServingPipeline? _pipeline;
    private ServingStream? _stream;
    private string? _waitsFor;
    private int _phase = (int)ServingPhase.Starting;

    public ServingPhase Phase => (ServingPhase)Volatile.Read(ref _phase);

    /// <summary>Null until the process has read its settings.</summary>
    public ServingPipeline? Pipeline => Volatile.Read(ref _pipeline);

    /// <summary>Null if there is no stream, or until it is connected.</summary>
    public ServingStream? Stream => Volatile.Read(ref _stream);

    /// <summary>The reason why the process waits, as a part of a sentence; null if it does not wait.</summary>
    public string? WaitsFor => Volatile.Read(ref _waitsFor) ?? Stream?.DecodingWaitsFor();

    public TimeSpan Elapsed => time.GetElapsedTime(_startedAt);

    public void Enter(ServingPhase phase) => Volatile.Write(ref _phase, (int)phase);

    public void WaitFor(string? reason) => Volatile.Write(ref _waitsFor, reason);

    public void Attach(ServingPipeline pipeline) => Volatile.Write(ref _pipeline, pipeline);

    public void Attach(ServingStream stream) => Volatile.Write(ref _stream, stream);
}
