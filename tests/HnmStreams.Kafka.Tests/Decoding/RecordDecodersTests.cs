using System.ComponentModel.DataAnnotations;
using HnmStreams.Data.Wire;
using HnmStreams.Data.Wire.Envelopes;
using HnmStreams.Kafka.Decoding;
using HnmStreams.Kafka.Schemas;
using Microsoft.Extensions.Logging.Abstractions;

namespace HnmStreams.Kafka.Tests.Decoding;

public sealed class RecordDecodersTests
{
    [Fact]
    public void The_contract_keeps_its_own_decoder()
    {
        foreach (var format in new[] { StreamFormat.Auto, StreamFormat.Json, StreamFormat.Protobuf })
            Assert.IsType<ExampleDecoder>(RecordDecoders.Create(new WireOptions { Format = format }, TimeProvider.System, NullLogger.Instance));
    }

    [Fact]
    public void Envelopes_and_fields_are_read_by_paths()
    {
        Assert.IsType<EnvelopeDecoder>(RecordDecoders.Create(new WireOptions { Envelope = EnvelopeKind.Debezium }, TimeProvider.System, NullLogger.Instance));
        Assert.IsType<EnvelopeDecoder>(RecordDecoders.Create(new WireOptions { Fields = { Id = "$.id" } }, TimeProvider.System, NullLogger.Instance));
    }

    public static TheoryData<WireOptions, string> Invalid => new()
    {
        { new WireOptions { Format = StreamFormat.Protobuf, Envelope = EnvelopeKind.Debezium }, "must be json or auto" },
        { new WireOptions { Format = StreamFormat.SchemaRegistry }, "requires wire.schemaRegistry.url" },
        { new WireOptions { SchemaRegistry = { Url = "http://registry:8081" } }, "must be schemaRegistry" },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Contradictions_are_errors(WireOptions options, string expected) =>
        Assert.Contains(expected, Assert.Single(options.Validate(new ValidationContext(options))).ErrorMessage, StringComparison.Ordinal);

    [Fact]
    public void The_registry_needs_a_url_and_both_user_and_password()
    {
        Assert.Single(Errors(new SchemaRegistryOptions { Url = "registry:8081" }));
        Assert.Single(Errors(new SchemaRegistryOptions { Url = "http://a:1,ftp://b" }));
        Assert.Single(Errors(new SchemaRegistryOptions { User = "me" }));
        Assert.Single(Errors(new SchemaRegistryOptions { User = "m:e", Password = "x" }));
        Assert.Empty(Errors(new SchemaRegistryOptions { Url = "http://a:8081, https://b", User = "me", Password = "x" }));

        static IEnumerable<ValidationResult> Errors(SchemaRegistryOptions options) => options.Validate(new ValidationContext(options));
    }
}
