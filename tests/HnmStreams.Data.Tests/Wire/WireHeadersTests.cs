using System.Text;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire;

namespace HnmStreams.Data.Tests.Wire;

public sealed class WireHeadersTests
{
    [Theory]
    [InlineData(WireHeaders.Protobuf, WireFormat.Protobuf)]
    [InlineData(WireHeaders.Json, WireFormat.Json)]
    [InlineData("", WireFormat.Unknown)]
    [InlineData("avro", WireFormat.Unsupported)]
    [InlineData("JSON", WireFormat.Json)]
    [InlineData("Protobuf", WireFormat.Protobuf)]
    public void The_header_names_the_format(string value, WireFormat expected) =>
        Assert.Equal(expected, WireHeaders.ParseFormat(Encoding.ASCII.GetBytes(value)));
}
