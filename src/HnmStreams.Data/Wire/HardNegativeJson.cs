using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Data.Records;

namespace HnmStreams.Data.Wire;

/// <summary>
/// The format of the topic of hard negatives. The key of a record is the id of the example, <c>#</c> and the index of the
/// region (<c>img-12#0</c>) in UTF-8. The value is one JSON object, or null once the candidate is no longer kept. The compacted
/// topic therefore holds what the learner keeps. Members are only ever added.
/// </summary>
/// <remarks>
/// <code>
/// {"id":"img-12","region":0,"hardness":0.93,"modelVersion":17,"reason":"harder","detail":"the easiest of a full pool had 0.41",
///  "label":0,"origin":{"topic":"hnm.examples","partition":0,"offset":123}}
/// </code>
/// Thread-safe. O(length).
/// </remarks>
public static class HardNegativeJson
{
    /// <summary>Returns the key of a record.</summary>
    public static byte[] Key(string id, int region) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}#{region}"));

    /// <summary>Parses the key of a record. Returns false if it does not have this form.</summary>
    public static bool TryReadKey(ReadOnlySpan<byte> key, out string id, out int region)
    {
        var at = key.LastIndexOf((byte)'#');
        (id, region) = ("", 0);
        if (at <= 0 || !int.TryParse(key[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out region))
            return false;
        id = Encoding.UTF8.GetString(key[..at]);
        return true;
    }

    /// <summary>Returns the value of a record.</summary>
    public static byte[] Value(HardNegativeEntry entry) => JsonSerializer.SerializeToUtf8Bytes(entry, HardNegativeJsonContext.Default.HardNegativeEntry);

    /// <summary>Parses the value of a record.</summary>
    /// <exception cref="JsonException">The value does not have this form.</exception>
    public static HardNegativeEntry Read(ReadOnlySpan<byte> value) =>
        JsonSerializer.Deserialize(value, HardNegativeJsonContext.Default.HardNegativeEntry) ?? throw new JsonException("The value is null where an object is expected.");
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HardNegativeEntry))]
internal sealed partial class HardNegativeJsonContext : JsonSerializerContext;
