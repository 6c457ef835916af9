using System.Buffers.Binary;
using System.Globalization;
using HnmStreams.Data.Examples;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Producing;
using HnmStreams.Mining.Randomness;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Chaos;

/// <summary>A producer of numbered examples that a model can learn. Each is written exactly once: the producer is idempotent and never times out during an outage of the broker.</summary>
internal sealed class NumberedProducer : IAsyncDisposable
{
    public const int Features = 4;
    private readonly ExampleProducer _producer;
    private readonly Xoshiro256StarStar _generator;
    private readonly string _idPrefix;
    private readonly LabelSchedule? _labels;
    private int _sent;

    /// <param name="idPrefix">The beginning of all ids, which distinguishes them from those of another topic.</param>
    /// <param name="labels">The times of labels that come later; null sends each label with its example.</param>
    public NumberedProducer(string bootstrap, string topic, ulong seed, string idPrefix = "n", LabelSchedule? labels = null)
    {
        _labels = labels;
        _idPrefix = idPrefix;
        var kafka = new KafkaOptions { BootstrapServers = bootstrap, Topic = topic };
        kafka.Producer["enable.idempotence"] = "true";
        kafka.Producer["message.timeout.ms"] = "0";
        // Added partitions receive records soon.
        kafka.Producer["topic.metadata.refresh.interval.ms"] = "1000";
        _producer = new ExampleProducer(kafka, new ProducingOptions(), TimeProvider.System, NullLogger.Instance);
        _generator = new Xoshiro256StarStar(seed);
    }

    public long Failed => _producer.Failed;

    /// <summary>The number of examples that were passed to the producer.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Writes examples up to a number, at a steady rate, so that records arrive during the events.</summary>
    public async Task SendUpToAsync(int number, int perSecond, CancellationToken cancellation)
    {
        var burst = Math.Clamp(perSecond / 40, 1, 50);
        while (_sent < number)
        {
            for (var i = 0; i < burst && _sent < number; i++)
                await SendNextAsync(cancellation);
            await Task.Delay(TimeSpan.FromSeconds((double)burst / perSecond), TimeProvider.System, cancellation);
        }
    }

    /// <summary>Sends the labels that are left, and waits until everything is delivered.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        await SendLabelsAsync(int.MaxValue, cancellation);
        await _producer.FlushAsync(cancellation);
    }

    public ValueTask DisposeAsync() => _producer.DisposeAsync();

    private async Task SendNextAsync(CancellationToken cancellation)
    {
        var (number, example) = (_sent, Next());
        _labels?.Add(example, number);
        await SendLabelsAsync(number, cancellation);
        await _producer.ProduceAsync(_labels is null ? example : example with { Target = Target.None.Instance }, cancellation);
    }

    private async Task SendLabelsAsync(int number, CancellationToken cancellation)
    {
        foreach (var label in _labels?.Take(number) ?? [])
            await _producer.ProduceAsync(label, cancellation);
    }

    private Example Next()
    {
        var values = new byte[Features * sizeof(float)];
        var sum = 0f;
        for (var i = 0; i < Features; i++)
        {
            var value = (float)((_generator.NextDouble() * 2) - 1);
            sum += value;
            BinaryPrimitives.WriteSingleLittleEndian(values.AsSpan(i * sizeof(float)), value);
        }

        return new Example(
            string.Create(CultureInfo.InvariantCulture, $"{_idPrefix}-{_sent++:D7}"),
            new Target.ClassIndex(sum > 1.4 ? 1 : 0),
            new ExampleInput.Dense(ElementType.Float32, [Features], values));
    }
}
