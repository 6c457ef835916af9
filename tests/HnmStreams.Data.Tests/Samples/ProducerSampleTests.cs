using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;
using HnmStreams.Testing;

namespace HnmStreams.Data.Tests.Samples;

public sealed class ProducerSampleTests
{
    [Fact]
    public void The_README_quotes_the_sample() => ReadmeQuotes.Verify("src/HnmStreams.Data/README.md");

    [Fact]
    public void The_service_decodes_the_record()
    {
        var (key, value) = ProducerSample.Record();
        var result = new ExampleDecoder(new WireLimits()).Decode(value, WireFormat.Unknown, key);
        Assert.Null(result.Reason);
        Assert.Equal("tx-1", result.Example!.Id);
        Assert.Equal(new Target.Label("fraud"), result.Example.Target);
        Assert.Equal(["amount", "country"], Assert.IsType<ExampleInput.Features>(result.Example.Input).Items.Select(f => f.Name));
    }
}
