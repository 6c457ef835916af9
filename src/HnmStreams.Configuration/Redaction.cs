using System.Text.RegularExpressions;

namespace HnmStreams.Configuration;

/// <summary>Keeps secrets out of whatever is printed of the configuration.</summary>
internal static partial class Redaction
{
    public const string Hidden = "***";

    // librdkafka's names for what must not be seen, and what users call theirs.
    private static readonly string[] Telling =
    [
        "password", "passwd", "passphrase", "secret", "token", "credential", "apikey", "api.key", "accesskey", "access.key",
        "private.key", "privatekey", "key.pem", "jaas.config", "oauthbearer.config", "user.info", "keytab", "authorization",
    ];

    /// <summary>True where the value of this key must never be printed.</summary>
    public static bool IsSecret(string key)
    {
        var dotted = key.Replace('_', '.').Replace('-', '.').Replace(':', '.');
        return Telling.Any(word => dotted.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The value as it may be printed: hidden under a telling key, and without the password of a URL.</summary>
    public static string? Show(string key, string? value) =>
        string.IsNullOrEmpty(value) ? value
        : IsSecret(key) ? Hidden
        : UserInfo().Replace(value, "${scheme}" + Hidden + "@");

    [GeneratedRegex(@"(?<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^/@\s]+@", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserInfo();
}
