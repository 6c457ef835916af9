using System.Collections.Concurrent;
using System.Globalization;
using Confluent.SchemaRegistry;
using HnmStreams.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Kafka.Schemas;

/// <summary>
/// The schemas of a registry, fetched by id and cached. While the registry is unavailable, it retries with exponential backoff and
/// never gives up, so that no record is rejected because of an outage.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed partial class SchemaSource : IDisposable
{
    /// <summary>The registry's error code of a schema that does not exist.</summary>
    private const int SchemaNotFound = 40403;

    private static readonly TimeSpan MinBackoff = TimeSpan.FromMilliseconds(100);

    /// <summary>The time after which an unknown id is requested again: a follower of the registry may lag behind.</summary>
    private static readonly TimeSpan UnknownLifetime = TimeSpan.FromMinutes(1);

    // Many small objects, so that random ids are not requested twice within their lifetime.
    private const int MaxUnknown = 10_000;

    // A client makes one request at a time, so there is one for each request that may be in progress.
    private readonly ConcurrentBag<CachedSchemaRegistryClient> _clients = [];
    private readonly SemaphoreSlim _free;
    private readonly SchemaCompiler _compiler;
    private readonly SchemaRegistryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SchemaCache _known;

    // Separate from the known ones, so that records with random ids cannot evict them.
    private readonly SchemaCache _unknown;
    private readonly string _shownUrl;
    private readonly ConcurrentDictionary<int, string> _waits = new();

    public SchemaSource(SchemaRegistryOptions options, SchemaCompiler compiler, TimeProvider time, ILogger log)
    {
        (_options, _compiler, _time, _log) = (options, compiler, time, log);
        (_known, _unknown) = (new SchemaCache(options.MaxSchemas), new SchemaCache(MaxUnknown));
        _shownUrl = string.Join(", ", options.Url!.Split(',').Select(static url => new Uri(url.Trim()).GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)));
        var settings = new Dictionary<string, string>(options.Client, StringComparer.Ordinal)
        {
            [SchemaRegistryConfig.PropertyNames.SchemaRegistryUrl] = options.Url!,
            [SchemaRegistryConfig.PropertyNames.SchemaRegistryRequestTimeoutMs] = options.RequestTimeout.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture),
            // This class retries without a limit and reports it. The client counts the first attempt; with 0 it makes none and fails.
            [SchemaRegistryConfig.PropertyNames.SchemaRegistryMaxRetries] = "1",
            // The compiled schemas are cached here.
            [SchemaRegistryConfig.PropertyNames.SchemaRegistryMaxCachedSchemas] = "16",
        };
        if (options.User is { } user)
            settings[SchemaRegistryConfig.PropertyNames.SchemaRegistryBasicAuthUserInfo] = $"{user}:{options.Password}";
        _free = new SemaphoreSlim(options.MaxRequests);
        for (var i = 0; i < options.MaxRequests; i++)
            _clients.Add(new CachedSchemaRegistryClient(settings));
    }

    /// <summary>The reason why a fetch is being retried; null if none is.</summary>
    public string? WaitsFor => _waits.Values.FirstOrDefault();

    /// <summary>The maximum number of requests at the same time.</summary>
    public int MaxRequests => _options.MaxRequests;

    /// <summary>The number of usable schemas in memory.</summary>
    public int Count => _known.Count;

    /// <summary>Returns a cached schema; null if it must be fetched.</summary>
    public WireSchema? Find(int id)
    {
        var now = _time.GetUtcNow();
        return _known.Find(id, now) ?? _unknown.Find(id, now);
    }

    /// <summary>Fetches a schema. Waits as long as the registry is unavailable.</summary>
    /// <returns>The schema; one that rejects every record if the registry does not have it or it cannot be used.</returns>
    public async Task<WireSchema> FetchAsync(int id, CancellationToken cancellation)
    {
        var delay = MinBackoff;
        DateTimeOffset? since = null;
        try
        {
            while (true)
            {
                try
                {
                    var schema = await FetchOnceAsync(id, cancellation);
                    if (since is { } from && _waits.TryRemove(id, out _) && _waits.IsEmpty)
                        LogAvailable(_shownUrl, from);
                    return schema;
                }
#pragma warning disable CA1031 // Whatever the client reports (refused, timed out, an answer that is not JSON): the record is not the cause.
                catch (Exception e) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    KafkaInstruments.SchemaFetchFailures.Add(1);
                    since ??= _time.GetUtcNow();
                    // The first of several fetches reports the outage.
                    if (delay == MinBackoff && _waits.IsEmpty)
                        LogUnavailable(_shownUrl, id, Reason(e));
                    _waits[id] = $"The schema registry {_shownUrl} has not returned schema {id} since {since:u}: {Reason(e)} The records wait, and the request is repeated.";
                    await Task.Delay(delay, _time, cancellation);
                    delay = delay * 2 < _options.MaxBackoff ? delay * 2 : _options.MaxBackoff;
                }
            }
        }
        finally
        {
            _waits.TryRemove(id, out _);
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
        _free.Dispose();
    }

    private async Task<WireSchema> FetchOnceAsync(int id, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation);
        _clients.TryTake(out var client);
        try
        {
            return await FetchOnceAsync(id, client!, cancellation);
        }
        finally
        {
            _clients.Add(client!);
            _free.Release();
        }
    }

    private async Task<WireSchema> FetchOnceAsync(int id, CachedSchemaRegistryClient client, CancellationToken cancellation)
    {
        try
        {
            var fetched = await client.GetSchemaAsync(id).WaitAsync(cancellation);
            var schema = await _compiler.CompileAsync(id, fetched, client, cancellation);
            KafkaInstruments.SchemasFetched.Add(1);
            if (schema is UnusableSchema)
                _unknown.Add(id, schema, _time.GetUtcNow() + UnknownLifetime);
            else
                _known.Add(id, schema, DateTimeOffset.MaxValue);
            return schema;
        }
        catch (SchemaRegistryException e) when (e.ErrorCode == SchemaNotFound)
        {
            var unknown = new UnusableSchema(id, $"does not exist in the schema registry {_shownUrl}. Register it, or set wire.schemaRegistry.url to the registry of the producer.");
            _unknown.Add(id, unknown, _time.GetUtcNow() + UnknownLifetime);
            return unknown;
        }
    }

    private static string Reason(Exception e) => e switch
    {
        SchemaRegistryException { Status: System.Net.HttpStatusCode.Unauthorized or System.Net.HttpStatusCode.Forbidden } refused =>
            $"HTTP {(int)refused.Status}. Check wire.schemaRegistry.user and .password.",
        SchemaRegistryException refused => $"HTTP {(int)refused.Status}, {refused.Message.TrimEnd('.')}.",
        OperationCanceledException => "the request timed out.",
        _ => $"{e.GetBaseException().Message.TrimEnd('.')}.",
    };

    [LoggerMessage(EventId = 150, Level = LogLevel.Warning, Message = "The schema registry {Url} did not return schema {Id}: {Reason} The records wait until it does.")]
    private partial void LogUnavailable(string url, int id, string reason);

    [LoggerMessage(EventId = 151, Level = LogLevel.Information, Message = "The schema registry {Url} is available again. It was not since {Since:u}.")]
    private partial void LogAvailable(string url, DateTimeOffset since);
}
