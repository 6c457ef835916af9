using HnmStreams.Web.Api;

namespace HnmStreams.Web.Dashboard.Feed;

/// <summary>The access token that a visitor entered. It belongs to one circuit and is discarded with it.</summary>
internal sealed class PageToken(AccessToken access)
{
    /// <summary>The entered text, right or wrong.</summary>
    public string? Token { get; private set; }

    /// <summary>True if the visitor may change the run.</summary>
    public bool IsAccepted => access.Matches(Token);

    /// <summary>Raised after the text has changed.</summary>
    public event EventHandler? Changed;

    public void Set(string? token)
    {
        Token = token;
        Changed?.Invoke(this, EventArgs.Empty);
    }
}
