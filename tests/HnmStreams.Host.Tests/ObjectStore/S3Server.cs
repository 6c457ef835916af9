using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;

namespace HnmStreams.Host.Tests.ObjectStore;

/// <summary>
/// The S3 calls that the object store uses, with one bucket in memory: PutObject with If-Match, If-None-Match and the check of the signed SHA-256, GetObject,
/// ListObjectsV2 in pages, DeleteObject. Signatures are not verified.
/// </summary>
internal sealed class S3Server : IAsyncDisposable
{
    public const string Bucket = "models";
    public const string AccessKey = "AKIDTEST";
    public const string Secret = "the-secret-of-the-test";
    private const int PageSize = 3;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, (byte[] Content, string ETag)> _objects = new(StringComparer.Ordinal);
    private readonly WebApplication _application;

    // The usual chain of the SDK reads the environment. The metadata service does not exist here.
    static S3Server()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", AccessKey);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", Secret);
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
    }

    private S3Server(WebApplication application)
    {
        _application = application;
        application.Run(HandleAsync);
    }

    public string Url => _application.Urls.Single();

    /// <summary>The requests, as method and path.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Returns a status to answer with in place of the request's own; 0 for none.</summary>
    public Func<HttpRequest, int> Refuse { get; set; } = _ => 0;

    /// <summary>The number of downloads whose connection ends in the middle of the body.</summary>
    public int DownloadsToCut { get; set; }

    /// <summary>The number of uploads of which the server receives a changed byte.</summary>
    public int UploadsToDamage { get; set; }

    public string[] Keys
    {
        get
        {
            lock (_gate)
                return [.. _objects.Keys];
        }
    }

    public static async Task<S3Server> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new S3Server(builder.Build());
        await server._application.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value!.TrimStart('/').Split('/', 2);
        Requests.Enqueue($"{request.Method} {request.GetEncodedPathAndQuery()}");
        if (Refuse(request) is > 0 and var status)
            await FailAsync(context, (HttpStatusCode)status, status == 409 ? "ConditionalRequestConflict" : "InternalError");
        else if (!request.Headers.Authorization.ToString().StartsWith($"AWS4-HMAC-SHA256 Credential={AccessKey}/", StringComparison.Ordinal))
            await FailAsync(context, HttpStatusCode.Forbidden, "AccessDenied");
        else if (path[0] != Bucket)
            await FailAsync(context, HttpStatusCode.NotFound, "NoSuchBucket");
        else if (HttpMethods.IsPut(request.Method))
            await PutAsync(context, path[1]);
        else if (HttpMethods.IsDelete(request.Method))
            Delete(context, path[1]);
        else if (request.Query.ContainsKey("list-type"))
            await ListAsync(context);
        else
            await GetAsync(context, path[1]);
    }

    private async Task PutAsync(HttpContext context, string key)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var content = body.ToArray();
        if (UploadsToDamage > 0 && content.Length > 0)
        {
            UploadsToDamage--;
            content[0] ^= 1;
        }

        if (!string.Equals(context.Request.Headers["x-amz-content-sha256"], Convert.ToHexStringLower(SHA256.HashData(content)), StringComparison.Ordinal))
        {
            await FailAsync(context, HttpStatusCode.BadRequest, "XAmzContentSHA256Mismatch");
            return;
        }

        HttpStatusCode? refused = null;
#pragma warning disable CA5351 // The tag of an object is its MD5 in S3, and the SDK compares it with the body.
        var etag = $"\"{Convert.ToHexStringLower(MD5.HashData(content))}\"";
#pragma warning restore CA5351
        lock (_gate)
        {
            var current = _objects.TryGetValue(key, out var found) ? found.ETag : null;
            if (context.Request.Headers.IfNoneMatch.ToString() == "*" && current is not null)
                refused = HttpStatusCode.PreconditionFailed;
            else if (context.Request.Headers.IfMatch.ToString() is { Length: > 0 } condition && current != condition)
                refused = current is null ? HttpStatusCode.NotFound : HttpStatusCode.PreconditionFailed;
            else
                _objects[key] = (content, etag);
        }

        if (refused is { } status)
            await FailAsync(context, status, status == HttpStatusCode.NotFound ? "NoSuchKey" : "PreconditionFailed");
        else
            context.Response.Headers.ETag = etag;
    }

    private async Task GetAsync(HttpContext context, string key)
    {
        (byte[] Content, string ETag) found;
        lock (_gate)
            _objects.TryGetValue(key, out found);
        if (found.Content is null)
        {
            await FailAsync(context, HttpStatusCode.NotFound, "NoSuchKey");
            return;
        }

        context.Response.Headers.ETag = found.ETag;
        context.Response.ContentLength = found.Content.Length;
        var isCut = DownloadsToCut > 0;
        await context.Response.Body.WriteAsync(found.Content.AsMemory(0, isCut ? found.Content.Length / 2 : found.Content.Length), context.RequestAborted);
        if (isCut)
        {
            DownloadsToCut--;
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        }
    }

    private void Delete(HttpContext context, string key)
    {
        lock (_gate)
            _objects.Remove(key);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        string[] keys;
        lock (_gate)
            keys = [.. _objects.Keys.Where(k => k.StartsWith(query["prefix"].ToString(), StringComparison.Ordinal) && string.CompareOrdinal(k, query["continuation-token"].ToString()) > 0)];
        XNamespace ns = "http://s3.amazonaws.com/doc/2006-03-01/";
        var isTruncated = keys.Length > PageSize;
        var page = keys.Take(PageSize).ToArray();
        await WriteAsync(context, new XElement(
            ns + "ListBucketResult",
            new XElement(ns + "IsTruncated", isTruncated),
            new XElement(ns + "KeyCount", page.Length.ToString(CultureInfo.InvariantCulture)),
            isTruncated ? new XElement(ns + "NextContinuationToken", page[^1]) : null,
            page.Select(k => new XElement(ns + "Contents", new XElement(ns + "Key", k)))));
    }

    private static Task FailAsync(HttpContext context, HttpStatusCode status, string code)
    {
        context.Response.StatusCode = (int)status;
        return WriteAsync(context, new XElement("Error", new XElement("Code", code), new XElement("Message", $"The test server answers {code}.")));
    }

    private static Task WriteAsync(HttpContext context, XElement element)
    {
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync(element.ToString(), context.RequestAborted);
    }
}
