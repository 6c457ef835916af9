namespace HnmStreams.Data.Wire.Values;

/// <summary>Texts of records in error messages, shortened.</summary>
internal static class ShortText
{
    private const int MaxLength = 64;

    public static string Of(string text) => text.Length <= MaxLength ? text : text[..MaxLength] + "…";
}
