using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace HnmStreams.Data.Readers.Columnar;

/// <summary>The conversion of the values of a columnar file to JSON. A number that is not finite is null, as data frames write missing values.</summary>
internal static class JsonValues
{
    public static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
            case double d when !double.IsFinite(d):
            case float f when !float.IsFinite(f):
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case ReadOnlyMemory<char> text:
                json.WriteStringValue(text.Span);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case byte[] bytes:
                json.WriteBase64StringValue(bytes);
                break;
            case ReadOnlyMemory<byte> bytes:
                json.WriteBase64StringValue(bytes.Span);
                break;
            case float number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case DateTime time:
                json.WriteStringValue(DateTime.SpecifyKind(time, DateTimeKind.Utc));
                break;
            case IDictionary members:
                json.WriteStartObject();
                foreach (DictionaryEntry member in members)
                {
                    json.WritePropertyName(Convert.ToString(member.Key, CultureInfo.InvariantCulture)!);
                    Write(json, member.Value);
                }

                json.WriteEndObject();
                break;
            case IEnumerable items:
                json.WriteStartArray();
                foreach (var item in items)
                    Write(json, item);
                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
