namespace HnmStreams.Tasks;

/// <summary>The beginning of a text that a producer sent, of bounded length, for messages and memory.</summary>
internal static class TextExcerpt
{
    public static string Of(string text, int maxLength = 64) => text.Length <= maxLength ? text : text[..maxLength] + "…";
}
