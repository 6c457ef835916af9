using HnmStreams.Data.Examples;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Producing;

namespace HnmStreams.Host.Learner;

/// <summary>The sender of labels that people give on the page or by the API: records with a target and no input, in the topic of labels.</summary>
/// <remarks>Thread-safe. Connects with the first label.</remarks>
internal sealed class LabelAnswers(KafkaOptions kafka, ProducingOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly Lazy<ExampleProducer> _producer = new(() => new ExampleProducer(kafka.ForSendingLabels(), options, time, logger));

    /// <summary>Sends a label, and completes when the broker has acknowledged it.</summary>
    /// <exception cref="InvalidOperationException">It could not be delivered.</exception>
    public async Task SendAsync(string id, string label, CancellationToken cancellation)
    {
        var producer = _producer.Value;
        var failed = producer.Failed;
        await producer.ProduceAsync(new Example(id, new Target.Label(label), ExampleInput.None.Instance, time.GetUtcNow()), cancellation);
        await producer.FlushAsync(cancellation);
        if (producer.Failed > failed)
            throw new InvalidOperationException($"The label of '{id}' could not be delivered{(producer.LastError is { } error ? $" ({error.Code}: {error.Text})" : "")}. Try again when the broker is available.");
    }

    public ValueTask DisposeAsync() => _producer.IsValueCreated ? _producer.Value.DisposeAsync() : ValueTask.CompletedTask;
}
