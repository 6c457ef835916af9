using System.Text.Encodings.Web;
using System.Text.Json;

namespace HnmStreams.Host.Mine;

/// <summary>The encoding of a row as one JSON object without line breaks.</summary>
internal static class JsonRow
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(IReadOnlyList<NegativeColumn> columns, object[] row)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            for (var i = 0; i < row.Length; i++)
            {
                json.WritePropertyName(columns[i].Name);
                Write(json, row[i]);
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    // JSON has no NaN. A score that was not computed is null.
    private static void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case string text:
                json.WriteStringValue(text);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case float score when float.IsFinite(score):
                json.WriteNumberValue(score);
                break;
            case float:
                json.WriteNullValue();
                break;
            case Array list:
                json.WriteStartArray();
                foreach (var item in list)
                    Write(json, item);
                json.WriteEndArray();
                break;
        }
    }
}
