using System.Text;

namespace HnmStreams.Data.Wire.Envelopes;

/// <summary>Media types (RFC 6838) without their parameters, in lower case.</summary>
internal static class MediaType
{
    private const int MaxLength = 255;

    public static string Of(ReadOnlySpan<byte> contentType)
    {
        var end = contentType.IndexOf((byte)';');
        var type = (end < 0 ? contentType : contentType[..end]).Trim(" \t"u8);
        return type.Length > MaxLength ? "(longer than 255 bytes)" : Encoding.UTF8.GetString(type).ToLowerInvariant();
    }

    /// <summary>True for JSON, and for no type, which means JSON in CloudEvents.</summary>
    public static bool IsJson(string type) =>
        type is "" or "application/json" or "text/json" || type.EndsWith("+json", StringComparison.Ordinal);

    public static bool IsProtobuf(string type) =>
        type is "application/protobuf" or "application/x-protobuf" or "application/vnd.google.protobuf" or "application/x-google-protobuf" || type.EndsWith("+protobuf", StringComparison.Ordinal);
}
