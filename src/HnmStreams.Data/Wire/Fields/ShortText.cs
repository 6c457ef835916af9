namespace HnmStreams.Data.Wire.Fields;

/// <summary>Texts of records in error messages, shortened.</summary>
internal static class ShortText
{
    private const int MaxLength = 64;

    public static string Of(string text) => text.Length <= MaxLength ? text : text[..MaxLength] + "…";
}
