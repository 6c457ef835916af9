using HnmStreams.Testing.Brokers;

namespace HnmStreams.Kafka.Tests.Brokers;

/// <summary>Tests of this group share one broker and run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class RealBrokerTestGroup : ICollectionFixture<RealBroker>
{
    public const string Name = "real broker";
}
