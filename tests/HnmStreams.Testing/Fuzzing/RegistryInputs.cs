using System.Buffers.Binary;
using System.Text;

namespace HnmStreams.Testing.Fuzzing;

/// <summary>Schemas of each type of a schema registry, and valid payloads, which fuzz tests mutate.</summary>
public static class RegistryInputs
{
    private const string Avro = """
        {"type":"record","name":"R","fields":[
          {"name":"id","type":"string"},{"name":"label","type":["null","string","long"]},
          {"name":"features","type":{"type":"map","values":["null","double","string",{"type":"array","items":"float"}]}},
          {"name":"eventTime","type":{"type":"long","logicalType":"timestamp-micros"}},
          {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":20,"scale":2}},
          {"name":"next","type":["null","R"]}]}
        """;

    private const string Protobuf = """
        syntax = "proto3";
        message R { string id = 1; oneof target { string label = 2; int64 class = 3; } map<string, double> features = 4; repeated sint64 xs = 5; R next = 6; }
        """;

    /// <summary>Returns the schema of a type: AVRO, PROTOBUF or JSON.</summary>
    public static string Schema(string type) => type switch
    {
        "AVRO" => Avro,
        "PROTOBUF" => Protobuf,
        _ => """{"type":"object","required":["id"]}""",
    };

    /// <summary>Returns the payloads of a type. The first is accepted.</summary>
    public static IReadOnlyList<byte[]> Payloads(string type) => type switch
    {
        "AVRO" => [AvroRecord(3), AvroRecord(0)],
        "PROTOBUF" => [Convert.FromHexString("000A0161120162220C0A0178110000000000C05E402A0302040632050A0162180A")],
        _ => [Encoding.UTF8.GetBytes("""{"id":"a","label":1,"features":{"x":1.5,"y":"z"}}""")],
    };

    /// <summary>Returns a payload with the frame of a schema registry.</summary>
    public static byte[] Frame(int schemaId, ReadOnlySpan<byte> payload)
    {
        var framed = new byte[5 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), schemaId);
        payload.CopyTo(framed.AsSpan(5));
        return framed;
    }

    // One record with features, a label and a chain of further records.
    private static byte[] AvroRecord(int chain)
    {
        List<byte> bytes = [2, (byte)'a', 2, 2, (byte)'l', 2, 2, (byte)'x', 2, .. BitConverter.GetBytes(1.5), 0, 0x80, 0x80, 0x80, 1, 4, 4, 0xD2];
        return [.. bytes, .. chain == 0 ? [0] : (byte[])[2, .. AvroRecord(chain - 1)]];
    }
}
