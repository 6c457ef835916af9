using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Data.Records;

namespace HnmStreams.Data.Wire;

/// <summary>
/// The contract of the topic of hard negatives. A record's key is the id of the example, <c>#</c> and the number of the
/// unit (<c>img-12#0</c>), UTF-8; its value is one JSON object, or null once the candidate is kept no longer: compacted,
/// the topic holds what the learner keeps. Members are only ever added.
/// </summary>
/// <remarks>
/// <code>
/// {"id":"img-12","unit":0,"hardness":0.93,"modelVersion":17,"why":"harder","detail":"the easiest resident had 0.41",
///  "label":0,"origin":{"topic":"hnm.examples","partition":0,"offset":123}}
/// </code>
/// Thread-safe. O(length).
/// </remarks>
public static class HardNegativeJson
{
    /// <summary>The record's key.</summary>
    public static byte[] Key(string id, int region) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}#{region}"));

    /// <summary>Takes a record's key apart; false for one that is not of this form.</summary>
    public static bool TryReadKey(ReadOnlySpan<byte> key, out string id, out int region)
    {
        var at = key.LastIndexOf((byte)'#');
        (id, region) = ("", 0);
        if (at <= 0 || !int.TryParse(key[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out region))
            return false;
        id = Encoding.UTF8.GetString(key[..at]);
        return true;
    }

    /// <summary>The record's value.</summary>
    public static byte[] Value(HardNegativeEntry entry) => JsonSerializer.SerializeToUtf8Bytes(entry, HardNegativeJsonContext.Default.HardNegativeEntry);

    /// <exception cref="JsonException">It is no such value.</exception>
    public static HardNegativeEntry Read(ReadOnlySpan<byte> value) =>
        JsonSerializer.Deserialize(value, HardNegativeJsonContext.Default.HardNegativeEntry) ?? throw new JsonException("The value is null where an object is expected.");
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HardNegativeEntry))]
internal sealed partial class HardNegativeJsonContext : JsonSerializerContext;
