using System.Text.RegularExpressions;

namespace HnmStreams.Configuration;

/// <summary>The rules that keep secrets out of everything that is printed of the settings.</summary>
internal static partial class Redaction
{
    public const string Hidden = "***";

    // librdkafka's names of secrets, and the names that users commonly give theirs.
    private static readonly string[] SecretWords =
    [
        "password", "passwd", "passphrase", "secret", "token", "credential", "apikey", "api.key", "accesskey", "access.key",
        "private.key", "privatekey", "key.pem", "jaas.config", "oauthbearer.config", "user.info", "keytab", "authorization",
    ];

    // Names with "token" that mean a part of a text.
    private static readonly string[] TextWords = ["tokenizer", "maxTokens"];

    /// <summary>True if the value of this key must never be printed.</summary>
    public static bool IsSecret(string key)
    {
        var dotted = key.Replace('_', '.').Replace('-', '.').Replace(':', '.');
        foreach (var word in TextWords)
            dotted = dotted.Replace(word, "", StringComparison.OrdinalIgnoreCase);
        return SecretWords.Any(word => dotted.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Returns the value as it may be printed: hidden if the key names a secret, and without the user name and password of a URL.</summary>
    public static string? Show(string key, string? value) =>
        string.IsNullOrEmpty(value) ? value
        : IsSecret(key) ? Hidden
        : UserInfo().Replace(value, "${scheme}" + Hidden + "@");

    [GeneratedRegex(@"(?<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^/@\s]+@", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserInfo();
}
