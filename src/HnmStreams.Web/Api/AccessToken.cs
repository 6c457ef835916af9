using System.Security.Cryptography;
using System.Text;

namespace HnmStreams.Web.Api;

/// <summary>Who may change the run: whoever sends <c>http.token</c>.</summary>
/// <param name="token">Null allows nobody.</param>
internal sealed class AccessToken(string? token)
{
    /// <summary>Whether anybody may change anything.</summary>
    public bool IsSet => token is not null;

    /// <summary>In constant time: how much of it was right is not to be heard.</summary>
    public bool Is(string? given) =>
        token is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given ?? ""), Encoding.UTF8.GetBytes(token));
}
