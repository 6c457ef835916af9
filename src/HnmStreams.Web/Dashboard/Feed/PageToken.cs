namespace HnmStreams.Web.Dashboard.Feed;

/// <summary>Whoever looks at one page: the token that they gave, which is forgotten with the page.</summary>
internal sealed class PageToken
{
    public string? Token { get; set; }
}
