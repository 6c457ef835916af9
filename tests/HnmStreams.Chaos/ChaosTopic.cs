using Confluent.Kafka;
using Confluent.Kafka.Admin;
using HnmStreams.Chaos.Networks;
using HnmStreams.Kafka.Clients;
using HnmStreams.Kafka.Topics;

namespace HnmStreams.Chaos;

/// <summary>A topic of a chaos run with its producer. The service reads it with its own settings and state, but in the same consumer group as the others.</summary>
internal sealed class ChaosTopic : IAsyncDisposable
{
    public const int InitialPartitions = 4;

    private readonly string _bootstrap;

    private ChaosTopic(string bootstrap, string name, string settings, string state, NumberedProducer producer) =>
        (_bootstrap, Name, Settings, State, Producer) = (bootstrap, name, settings, state, producer);

    public string Name { get; }

    /// <summary>The path of the service's settings for this topic.</summary>
    public string Settings { get; }

    /// <summary>The folder of the service's checkpoints for this topic.</summary>
    public string State { get; }

    public NumberedProducer Producer { get; }

    public int Partitions { get; private set; } = InitialPartitions;

    /// <param name="work">The work folder of the run.</param>
    /// <param name="pages">The address of the service's HTTP status.</param>
    /// <param name="examples">The largest number of examples of the topic.</param>
    /// <param name="labelsComeLater">True to send labels in separate records, after a delay.</param>
    /// <param name="machine">The machine on which the producer runs; null for this one.</param>
    public static async Task<ChaosTopic> CreateAsync(
        string bootstrap, string name, string group, string work, Uri pages, int examples, ulong seed, bool labelsComeLater = false, Machine? machine = null)
    {
        machine ??= Machine.Local;
        await machine.Run(() => TopicAdmin.CreateAsync(new KafkaOptions { BootstrapServers = bootstrap, Topic = name }, name, InitialPartitions));
        var folder = Directory.CreateDirectory(Path.Combine(work, name)).FullName;
        var state = Path.Combine(folder, "state");
        return new ChaosTopic(
            bootstrap, name, ServiceSettings.Write(folder, bootstrap, name, group, pages, state, examples + 1, labelsComeLater), state,
            machine.Run(() => new NumberedProducer(bootstrap, name, seed, idPrefix: name, labelsComeLater ? new LabelSchedule(seed) : null)));
    }

    /// <summary>Adds a partition and waits until the broker reports it.</summary>
    /// <exception cref="TimeoutException">The broker does not report the partition.</exception>
    public async Task AddPartitionAsync(CancellationToken cancellation)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _bootstrap }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = Name, IncreaseTo = ++Partitions }]);
        for (var attempt = 0; attempt < 300; attempt++)
        {
            if (admin.GetMetadata(Name, TimeSpan.FromSeconds(10)).Topics[0].Partitions.Count == Partitions)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation);
        }

        throw new TimeoutException($"The broker does not report partition {Partitions - 1} of {Name}.");
    }

    public ValueTask DisposeAsync() => Producer.DisposeAsync();
}
