using System.Net.Http.Headers;
using System.Text;
using HnmStreams.Configuration;

namespace HnmStreams.Host.Mlflow;

/// <summary>The address of an MLflow server and the credentials of this process for it.</summary>
/// <param name="Uri">The address, with a slash at the end.</param>
/// <param name="Authorization">The header of all requests; null without credentials.</param>
/// <param name="Setting">The option or setting that has the address, for errors.</param>
internal sealed record MlflowAddress(Uri Uri, AuthenticationHeaderValue? Authorization, string Setting)
{
    public const string Token = "MLFLOW_TRACKING_TOKEN";
    public const string User = "MLFLOW_TRACKING_USERNAME";
    public const string Password = "MLFLOW_TRACKING_PASSWORD";

    /// <summary>Reads an address and the credentials, which come from the environment only.</summary>
    /// <param name="allowsHttp">True to allow plain HTTP to another machine.</param>
    /// <param name="setting">The option or setting that has the address.</param>
    /// <param name="httpSetting">The text that allows plain HTTP.</param>
    /// <exception cref="SettingsException">The address is no HTTP address, has credentials, or is unencrypted and on another machine.</exception>
    public static MlflowAddress Of(string text, bool allowsHttp, IReadOnlyDictionary<string, string> environment, string setting = "--mlflow", string httpSetting = "--mlflow-allow-http")
    {
        // The text may contain a password, so that only parts of it are shown.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            throw new SettingsException($"'{setting}' must be the address of an MLflow server, such as https://mlflow.example.org, but is no http or https address.");
        if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            throw new SettingsException($"'{setting}' must have no user, query or fragment but has one (host {uri.Host}). Set {Token}, or {User} and {Password}, in the environment.");
        if (uri.Scheme == Uri.UriSchemeHttp && !uri.IsLoopback && !allowsHttp)
            throw new SettingsException($"'{setting}' must be an https address, or on this machine, but is {uri}: weights and credentials would be sent unencrypted. Use https, or add {httpSetting}.");
        return new MlflowAddress(new Uri(uri.AbsoluteUri.TrimEnd('/') + "/"), Credentials(environment), setting);
    }

    // A record's text would contain the header.
    public override string ToString() => Uri.ToString();

    private static AuthenticationHeaderValue? Credentials(IReadOnlyDictionary<string, string> environment) =>
        environment.GetValueOrDefault(Token) is { Length: > 0 } token ? new AuthenticationHeaderValue("Bearer", token)
        : environment.GetValueOrDefault(User) is { Length: > 0 } user
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{environment.GetValueOrDefault(Password)}")))
            : null;
}
