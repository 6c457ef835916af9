using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HnmStreams.Testing.Registries;

/// <summary>
/// A schema registry on a loopback port that speaks the part of Confluent's REST API that clients use: registration, look-up, and
/// schemas by id and by version. It can fail, hang and require a password.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class SchemaRegistryServer : IDisposable
{
    private const string ContentType = "application/vnd.schemaregistry.v1+json";

    private readonly Lock _gate = new();
    private readonly HttpListener _listener = new();
    private readonly List<Entry> _entries = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private int _requests;
    private int _inProgress;

    public SchemaRegistryServer()
    {
        Url = Listen();
        _serving = Task.Run(ServeAsync);
    }

    /// <summary>The URL for clients.</summary>
    public string Url { get; }

    /// <summary>The number of requests so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The status of all answers; null answers normally.</summary>
    public HttpStatusCode? Failure { get; set; }

    /// <summary>The body of failures.</summary>
    public string FailureBody { get; set; } = """{"error_code":50001,"message":"The store is down"}""";

    /// <summary>The value that the header Authorization must have; null accepts any.</summary>
    public string? RequiredAuthorization { get; set; }

    /// <summary>The time that each answer takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The number of requests that must be in progress at the same time before the first is answered; 0 answers at once.</summary>
    public int HeldRequests { get; set; }

    /// <summary>The largest number of requests in progress so far.</summary>
    public int MaxInProgress { get; private set; }

    /// <summary>Registers a schema and returns its id.</summary>
    /// <param name="type">AVRO, JSON, PROTOBUF, or another text.</param>
    /// <param name="references">Name, subject and version of each schema that it refers to.</param>
    public int Register(string subject, string type, string schema, params IReadOnlyList<(string Name, string Subject, int Version)> references)
    {
        lock (_gate)
        {
            var id = _entries.Find(entry => entry.Schema == schema && entry.Type == type)?.Id ?? _entries.Select(static entry => entry.Id).DefaultIfEmpty(0).Max() + 1;
            _entries.Add(new Entry(id, subject, _entries.Count(entry => entry.Subject == subject) + 1, type, schema, references));
            return id;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Close();
        _serving.GetAwaiter().GetResult();
        _stop.Dispose();
    }

    // The port may be taken between its choice and its use.
    private string Listen()
    {
        for (var attempt = 0; ; attempt++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
            probe.Stop();
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add(url + "/");
            try
            {
                _listener.Start();
                return url;
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                // Another attempt with another port.
            }
        }
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref _requests);
            _ = Task.Run(() => AnswerAsync(context));
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        lock (_gate)
            MaxInProgress = Math.Max(MaxInProgress, ++_inProgress);
        try
        {
            while (MaxInProgress < HeldRequests)
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, _stop.Token);
            await Task.Delay(Delay, TimeProvider.System, _stop.Token);
            var (status, body) = Answer(context.Request);
            context.Response.StatusCode = (int)status;
            context.Response.ContentType = ContentType;
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body), _stop.Token);
            context.Response.Close();
        }
        catch (Exception e) when (e is OperationCanceledException or HttpListenerException or ObjectDisposedException or IOException)
        {
            // The server stops, or the client has disconnected.
        }
        finally
        {
            lock (_gate)
                _inProgress--;
        }
    }

    private (HttpStatusCode Status, string Body) Answer(HttpListenerRequest request)
    {
        if (Failure is { } failure)
            return (failure, FailureBody);
        if (RequiredAuthorization is { } required && request.Headers["Authorization"] != required)
            return (HttpStatusCode.Unauthorized, """{"error_code":401,"message":"Unauthorized"}""");
        using var body = new StreamReader(request.InputStream);
        var path = request.Url!.AbsolutePath.Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        lock (_gate)
        {
            return path switch
            {
                ["schemas", "ids", var id] => _entries.Find(entry => $"{entry.Id}" == id) is { } entry
                    ? (HttpStatusCode.OK, entry.ToJson(withSubject: false))
                    : (HttpStatusCode.NotFound, """{"error_code":40403,"message":"Schema not found"}"""),
                ["subjects", var subject, "versions", var version] => Find(subject, version),
                ["subjects", var subject, "versions"] when request.HttpMethod == "POST" => RegisterPosted(subject, body.ReadToEnd()),
                ["subjects", var subject] when request.HttpMethod == "POST" => Find(subject, "latest"),
                ["config", ..] => (HttpStatusCode.OK, """{"compatibilityLevel":"NONE"}"""),
                _ => (HttpStatusCode.NotFound, """{"error_code":404,"message":"HTTP 404 Not Found"}"""),
            };
        }
    }

    private (HttpStatusCode Status, string Body) Find(string subject, string version)
    {
        var versions = _entries.FindAll(entry => entry.Subject == subject);
        if (versions.Count == 0)
            return (HttpStatusCode.NotFound, $$"""{"error_code":40401,"message":"Subject '{{subject}}' not found."}""");
        return (version is "latest" ? versions[^1] : versions.Find(entry => $"{entry.Version}" == version)) is { } found
            ? (HttpStatusCode.OK, found.ToJson(withSubject: true))
            : (HttpStatusCode.NotFound, """{"error_code":40402,"message":"Version not found."}""");
    }

    private (HttpStatusCode Status, string Body) RegisterPosted(string subject, string body)
    {
        var posted = JsonNode.Parse(body)!;
        var id = Register(subject, (string?)posted["schemaType"] ?? "AVRO", (string)posted["schema"]!);
        return (HttpStatusCode.OK, $$"""{"id":{{id}}}""");
    }

    private sealed record Entry(int Id, string Subject, int Version, string Type, string Schema, IReadOnlyList<(string Name, string Subject, int Version)> References)
    {
        public string ToJson(bool withSubject)
        {
            var json = new JsonObject { ["id"] = Id, ["schema"] = Schema };
            // As the real registry, which leaves out the default.
            if (Type != "AVRO")
                json["schemaType"] = Type;
            if (withSubject)
                (json["subject"], json["version"]) = (Subject, Version);
            if (References.Count > 0)
                json["references"] = new JsonArray([.. References.Select(static r => new JsonObject { ["name"] = r.Name, ["subject"] = r.Subject, ["version"] = r.Version })]);
            return json.ToJsonString(JsonSerializerOptions.Web);
        }
    }
}
