using System.Globalization;
using System.Threading.RateLimiting;
using HnmStreams.Configuration.Sections;

namespace HnmStreams.Web.Limits;

/// <summary>The limits of expensive requests in progress. A request beyond them is answered with 429 before its body is read.</summary>
internal static class ConcurrencyLimits
{
    /// <summary>The policy of requests that score examples.</summary>
    public const string Scoring = "scoring";

    /// <summary>The policy of downloads of the model.</summary>
    public const string Downloads = "downloads";

    private const int RetryAfterSeconds = 1;

    public static void AddConcurrencyLimits(this IServiceCollection services, HttpOptions http) => services.AddRateLimiter(limiter =>
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.AddPolicy(Scoring, _ => Shared(Scoring, http.MaxScoreRequests));
        limiter.AddPolicy(Downloads, _ => Shared(Downloads, http.MaxDownloads));
        limiter.OnRejected = async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            await TypedResults.Problem("Too many requests of this kind are in progress. Retry later.", statusCode: StatusCodes.Status429TooManyRequests)
                .ExecuteAsync(rejected.HttpContext);
        };
    });

    private static RateLimitPartition<string> Shared(string name, int permits) =>
        RateLimitPartition.GetConcurrencyLimiter(name, _ => new ConcurrencyLimiterOptions { PermitLimit = permits, QueueLimit = 0 });
}
