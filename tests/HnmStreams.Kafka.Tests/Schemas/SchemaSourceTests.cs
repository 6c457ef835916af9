using System.Net;
using System.Text;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Envelopes;
using HnmStreams.Kafka.Decoding;
using HnmStreams.Testing.Registries;
using Microsoft.Extensions.Time.Testing;

namespace HnmStreams.Kafka.Tests.Schemas;

/// <summary>Tests of outages, unknown ids, authentication and bounds.</summary>
public sealed class SchemaSourceTests : IDisposable
{
    private const string Json = """{"type":"object"}""";
    private static readonly byte[] Key = "k"u8.ToArray();

    private readonly SchemaRegistryServer _registry = new();

    public void Dispose() => _registry.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Records_wait_while_the_registry_is_down_and_are_read_when_it_is_back()
    {
        var id = _registry.Register("s", "JSON", Json);
        _registry.Failure = HttpStatusCode.ServiceUnavailable;
        using var decoder = Decoder();

        var decoding = decoder.DecodeAsync(Value(id), Key);
        await UntilAsync(() => decoder.WaitsFor is not null && _registry.Requests > 2);

        Assert.False(decoding.IsCompleted);
        Assert.Contains($"has not returned schema {id} since", decoder.WaitsFor, StringComparison.Ordinal);
        Assert.Contains("HTTP 503", decoder.WaitsFor, StringComparison.Ordinal);
        _registry.Failure = null;
        Assert.NotNull((await decoding).Example);
        Assert.Null(decoder.WaitsFor);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(HttpStatusCode.NotFound, "<html>no such page</html>")]
    [InlineData(HttpStatusCode.NotFound, """{"error_code":404,"message":"HTTP 404 Not Found"}""")]
    [InlineData(HttpStatusCode.InternalServerError, "")]
    [InlineData(HttpStatusCode.TooManyRequests, "{}")]
    [InlineData(HttpStatusCode.OK, "<html>a login page</html>")]
    public async Task Any_other_answer_is_an_outage_and_rejects_nothing(HttpStatusCode status, string body)
    {
        var id = _registry.Register("s", "JSON", Json);
        (_registry.Failure, _registry.FailureBody) = (status, body);
        using var decoder = Decoder();

        var decoding = decoder.DecodeAsync(Value(id), Key);
        await UntilAsync(() => decoder.WaitsFor is not null);

        Assert.False(decoding.IsCompleted);
        _registry.Failure = null;
        Assert.NotNull((await decoding).Example);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_unreachable_registry_is_an_outage_and_cancellation_ends_the_wait()
    {
        using var stop = new CancellationTokenSource();
        using var decoder = RegistryRecords.Decoder(_registry, static o => o.SchemaRegistry.Url = "http://127.0.0.1:1");
        var preparing = decoder.PrepareAsync(RegistryRecords.Chunk(Value(1)), stop.Token).AsTask();
        await UntilAsync(() => decoder.WaitsFor is not null);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => preparing);
        Assert.Null(decoder.WaitsFor);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_registry_that_hangs_is_an_outage()
    {
        var id = _registry.Register("s", "JSON", Json);
        _registry.Delay = TimeSpan.FromSeconds(30);
        using var decoder = Decoder(static o => o.SchemaRegistry.RequestTimeout = TimeSpan.FromMilliseconds(200));
        var decoding = decoder.DecodeAsync(Value(id), Key);
        await UntilAsync(() => decoder.WaitsFor is not null);
        _registry.Delay = default;
        Assert.NotNull((await decoding).Example);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_unknown_id_rejects_the_record_and_is_requested_again_later()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        using var decoder = Decoder(time: time);
        var result = await decoder.DecodeAsync(Value(1), Key);
        Assert.Equal("unknown-schema", result.Reason);
        Assert.Contains("The schema 1 does not exist in the schema registry", result.Detail, StringComparison.Ordinal);
        var requests = _registry.Requests;
        Assert.Equal("unknown-schema", (await decoder.DecodeAsync(Value(1), Key)).Reason);
        Assert.Equal(requests, _registry.Requests);

        _registry.Register("s", "JSON", Json);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.NotNull((await decoder.DecodeAsync(Value(1), Key)).Example);
    }

    [Fact(Timeout = 60_000)]
    public async Task Unknown_ids_are_requested_at_the_same_time_and_do_not_hide_a_new_schema()
    {
        const int Requests = 4, Unknown = 2_000;
        var id = _registry.Register("s", "JSON", Json);
        using var decoder = Decoder(static o => o.SchemaRegistry.MaxRequests = Requests);
        var chunk = RegistryRecords.Chunk(Value(id), Key);
        for (var i = 0; i < Unknown; i++)
            chunk.Add(chunk.Records[0] with { Value = chunk.Store(Value(1_000_000 + i)) });

        // No request is answered before as many are in progress as are allowed.
        _registry.HeldRequests = Requests;
        await decoder.PrepareAsync(chunk, TestContext.Current.CancellationToken);

        Assert.Equal(Requests, _registry.MaxInProgress);
        Assert.NotNull(decoder.Decode(chunk, chunk.Records[0]).Example);
        Assert.All(Enumerable.Range(1, Unknown), i => Assert.Equal("unknown-schema", decoder.Decode(chunk, chunk.Records[i]).Reason));
        // More ids than schemas are kept, and none is requested again.
        Assert.Equal(Unknown + 1, _registry.Requests);
        await decoder.PrepareAsync(chunk, TestContext.Current.CancellationToken);
        Assert.Equal(Unknown + 1, _registry.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_schema_is_fetched_once()
    {
        var id = _registry.Register("s", "JSON", Json);
        using var decoder = Decoder();
        for (var i = 0; i < 5; i++)
            Assert.NotNull((await decoder.DecodeAsync(Value(id), Key)).Example);
        Assert.Equal(1, _registry.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task More_schemas_than_the_cache_holds_are_fetched_again()
    {
        var ids = Enumerable.Range(0, 4).Select(i => _registry.Register($"s{i}", "JSON", $$"""{"type":"object","title":"{{i}}"}""")).ToArray();
        using var decoder = Decoder(static o => o.SchemaRegistry.MaxSchemas = 2);
        foreach (var id in ids.Concat(ids))
            Assert.NotNull((await decoder.DecodeAsync(Value(id), Key)).Example);
        // The client library has its own cache of a fixed size.
        Assert.InRange(_registry.Requests, 4, 8);

        // One chunk may have more schemas than the cache.
        var chunk = RegistryRecords.Chunk(Value(ids[0]), Key);
        foreach (var id in ids[1..])
            chunk.Add(chunk.Records[0] with { Value = chunk.Store(Value(id)) });
        await decoder.PrepareAsync(chunk, TestContext.Current.CancellationToken);
        Assert.All(Enumerable.Range(0, 4), i => Assert.NotNull(decoder.Decode(chunk, chunk.Records[i]).Example));
    }

    [Fact(Timeout = 30_000)]
    public async Task Credentials_are_sent_and_a_refusal_is_an_outage()
    {
        _registry.RequiredAuthorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("me:secret:word"));
        var id = _registry.Register("s", "JSON", Json);
        using var right = Decoder(static o => (o.SchemaRegistry.User, o.SchemaRegistry.Password) = ("me", "secret:word"));
        Assert.NotNull((await right.DecodeAsync(Value(id), Key)).Example);
        using var wrong = Decoder(static o => (o.SchemaRegistry.User, o.SchemaRegistry.Password) = ("me", "wrong"));
        using var stop = new CancellationTokenSource();
        var preparing = wrong.PrepareAsync(RegistryRecords.Chunk(Value(id)), stop.Token).AsTask();
        await UntilAsync(() => wrong.WaitsFor is not null);
        Assert.Contains("wire.schemaRegistry.password", wrong.WaitsFor!.Replace(".user and .password", ".password", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", wrong.WaitsFor, StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => preparing);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("AVRO", "{", "cannot be used")]
    [InlineData("AVRO", """{"type":"record","name":"R","fields":[{"name":"x","type":"none"}]}""", "cannot be used")]
    [InlineData("JSON", "[", "cannot be used")]
    public async Task A_schema_that_cannot_be_parsed_rejects_its_records(string type, string schema, string detail)
    {
        var id = _registry.Register("s", type, schema);
        using var decoder = Decoder();
        var result = await decoder.DecodeAsync(Value(id), Key);
        Assert.Equal("unknown-schema", result.Reason);
        Assert.Contains(detail, result.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_schema_that_is_too_large_or_lacks_a_reference_rejects_its_records()
    {
        var large = _registry.Register("s", "JSON", $$"""{"title":"{{new string('x', 2000)}}"}""");
        var dangling = _registry.Register("t", "JSON", """{"type":"object"}""", ("x", "nowhere", 1));
        _registry.Register("u", "JSON", """{"type":"string"}""", ("v", "v", 1));
        _registry.Register("v", "JSON", """{"type":"number"}""", ("u", "u", 1));
        var cyclic = _registry.Register("w", "JSON", """{"type":"boolean"}""", ("u", "u", 1));
        using var decoder = Decoder(static o => o.SchemaRegistry.MaxSchemaLength = 1024);
        Assert.Contains("wire.schemaRegistry.maxSchemaLength", (await decoder.DecodeAsync(Value(large), Key)).Detail, StringComparison.Ordinal);
        Assert.Contains("refers to a schema that does not exist", (await decoder.DecodeAsync(Value(dangling), Key)).Detail, StringComparison.Ordinal);
        // A cycle of references ends.
        Assert.NotNull((await decoder.DecodeAsync(Value(cyclic), Key)).Reason);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("", "has 0 bytes")]
    [InlineData("00000000", "has 4 bytes")]
    [InlineData("7B7D202020", "starts with the byte 0x7b")]
    public async Task Values_without_a_frame_are_rejected(string hex, string detail)
    {
        using var decoder = Decoder();
        var result = await decoder.DecodeAsync(Convert.FromHexString(hex), Key);
        Assert.Equal(RejectionReasons.UnknownFormat, result.Reason);
        Assert.Contains(detail, result.Detail, StringComparison.Ordinal);
    }

    private EnvelopeDecoder Decoder(Action<WireOptions>? change = null, TimeProvider? time = null) => RegistryRecords.Decoder(
        _registry,
        o =>
        {
            (o.Fields.Class, o.Fields.Text) = ("$.c", "$.t");
            change?.Invoke(o);
        },
        time);

    private static byte[] Value(int id) => RegistryRecords.Frame(id, """{"c":1,"t":"x"}""");

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
