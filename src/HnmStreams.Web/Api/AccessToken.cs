using System.Security.Cryptography;
using System.Text;

namespace HnmStreams.Web.Api;

/// <summary>The setting <c>http.token</c>, which authorizes requests that change the run.</summary>
/// <param name="token">Null rejects all such requests.</param>
internal sealed class AccessToken(string? token)
{
    /// <summary>True if the setting has a value, so that authorized requests are possible.</summary>
    public bool IsSet => token is not null;

    /// <summary>Returns true if the candidate is the token. Takes constant time, so that timing does not reveal a correct prefix.</summary>
    public bool Matches(string? candidate) =>
        token is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(candidate ?? ""), Encoding.UTF8.GetBytes(token));
}
