namespace HnmStreams.Web.Dashboard.Feed;

/// <summary>The access token that a visitor entered. It belongs to one circuit and is discarded with it.</summary>
internal sealed class PageToken
{
    public string? Token { get; set; }
}
