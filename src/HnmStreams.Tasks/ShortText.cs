namespace HnmStreams.Tasks;

/// <summary>Text of a producer's making where it is shown or kept: never longer than so much.</summary>
internal static class ShortText
{
    public static string Of(string text, int most = 64) => text.Length <= most ? text : text[..most] + "…";
}
