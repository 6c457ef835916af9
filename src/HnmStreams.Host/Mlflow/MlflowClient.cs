using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HnmStreams.Host.Mlflow;

/// <summary>Requests to the REST API of an MLflow server (<c>/api/2.0/mlflow</c>) and to its proxy of artifacts. Redirects are not followed, so that credentials go to the given address only.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class MlflowClient : IDisposable
{
    private const int MaxMessageLength = 500;
    private const int MaxAnswerBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http;
    private readonly Uri _base;
    private readonly string _setting;

    public MlflowClient(MlflowAddress address)
    {
        (_base, _setting) = (address.Uri, address.Setting);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10) }) { Timeout = RequestTimeout, MaxResponseContentBufferSize = MaxAnswerBytes };
        _http.DefaultRequestHeaders.Authorization = address.Authorization;
    }

    /// <summary>Sends a request to a method of the API, such as <c>runs/create</c>, and returns the answer.</summary>
    /// <exception cref="MlflowException">The server is not reached or refuses the request.</exception>
    public Task<JsonObject> PostAsync(string method, JsonObject body, CancellationToken cancellation) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(_base, $"api/2.0/mlflow/{method}")) { Content = JsonContent.Create(body) }, method, cancellation);

    /// <inheritdoc cref="PostAsync"/>
    /// <param name="query">The escaped query.</param>
    public Task<JsonObject> GetAsync(string method, string query, CancellationToken cancellation) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(_base, $"api/2.0/mlflow/{method}?{query}")), method, cancellation);

    /// <summary>Uploads a file to the artifacts of a run through the server.</summary>
    /// <param name="artifacts">The artifact URI of the run.</param>
    /// <param name="path">The path below it.</param>
    /// <exception cref="MlflowException">The server does not store artifacts, is not reached, or refuses the file.</exception>
    public async Task UploadAsync(string artifacts, string path, Stream content, CancellationToken cancellation)
    {
        using var body = new StreamContent(content);
        await SendAsync(new HttpRequestMessage(HttpMethod.Put, new Uri($"{ProxyOf(artifacts).TrimEnd('/')}/{path}")) { Content = body }, $"the upload of {path}", cancellation);
    }

    public void Dispose() => _http.Dispose();

    // mlflow-artifacts:/path and mlflow-artifacts://host/path are paths of the server's proxy. Another host would get the credentials.
    private string ProxyOf(string artifacts)
    {
        if (Uri.TryCreate(artifacts, UriKind.Absolute, out var uri))
        {
            if (uri.Scheme == "mlflow-artifacts" && (uri.Host.Length == 0 || uri.Authority == _base.Authority))
                return new Uri(_base, $"api/2.0/mlflow-artifacts/artifacts/{uri.AbsolutePath.TrimStart('/')}").AbsoluteUri;
            if (uri.AbsoluteUri.StartsWith(_base.AbsoluteUri, StringComparison.Ordinal))
                return uri.AbsoluteUri;
        }

        throw new MlflowException($"The server at {_base} must store artifacts itself (mlflow-artifacts) but names '{artifacts}'. Start it with --serve-artifacts, and give the experiment no artifact location of its own.");
    }

    private async Task<JsonObject> SendAsync(HttpRequestMessage request, string what, CancellationToken cancellation)
    {
        using (request)
        {
            try
            {
                using var response = await _http.SendAsync(request, cancellation);
                var text = await response.Content.ReadAsStringAsync(cancellation);
                return response.IsSuccessStatusCode ? Parse(text) ?? [] : throw Refusal(response, text, what);
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                throw new MlflowException($"{what}: the MLflow server at {_base} cannot be reached: {e.Message.TrimEnd('.')}. Check '{_setting}' and the network.", e);
            }
        }
    }

    private MlflowException Refusal(HttpResponseMessage response, string text, string what)
    {
        var answer = Parse(text);
        var code = answer?["error_code"]?.ToString();
        var reason = answer?["message"]?.ToString() ?? response.ReasonPhrase ?? "";
        reason = (reason.Length > MaxMessageLength ? reason[..MaxMessageLength] : reason).Trim().TrimEnd('.');
        var remedy = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $" Set {MlflowAddress.Token}, or {MlflowAddress.User} and {MlflowAddress.Password}, to a user that may write.",
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => $" It redirects to '{response.Headers.Location}': name that address.",
            HttpStatusCode.NotFound when code is null => $" Check that '{_setting}' is the address of an MLflow server of version 2 or newer.",
            _ => "",
        };
        return new MlflowException($"{what}: the MLflow server at {_base} answers {(int)response.StatusCode}{(code is null ? "" : $" {code}")}: {reason}.{remedy}") { Code = code };
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
