using System.Text;
using HnmStreams.Tasks.Encoders.Models;

namespace HnmStreams.Tasks.Tests.Encoders.Models;

public sealed class OnnxFileTests
{
    // External data of a tensor: an initializer, an attribute of a node, a sparse value, a tensor of a subgraph, and one of a function.
    public static TheoryData<byte[]> ModelsWithExternalData
    {
        get
        {
            var tensor = Field(13, [.. Field(1, "location"u8), .. Field(2, "../../etc/passwd"u8)]);
            var attribute = Field(5, tensor);
            var node = Field(5, attribute);
            byte[][] models =
            [
                Field(7, Field(5, tensor)),
                Field(7, Field(1, node)),
                Field(7, Field(15, Field(1, tensor))),
                Field(7, Field(1, Field(5, Field(6, Field(5, tensor))))),
                [.. Field(7, Field(2, "name"u8)), .. Field(25, Field(7, node))],
                [.. Field(7, Field(2, "name"u8)), .. Field(20, Field(1, Field(5, tensor)))],
            ];
            return [.. models];
        }
    }

    [Theory]
    [MemberData(nameof(ModelsWithExternalData))]
    public void Refuses_a_file_whose_tensors_are_in_other_files(byte[] model) =>
        Assert.Contains("external data", Assert.Throws<InvalidDataException>(() => OnnxFile.Check(model)).Message, StringComparison.Ordinal);

    [Fact]
    public void Accepts_a_graph_with_its_own_tensors() => OnnxFile.Check(Field(7, Field(5, Field(9, new byte[16]))));

    [Theory]
    [InlineData("")]
    [InlineData("not a model at all")]
    [InlineData("\b\u0008")]
    public void Refuses_bytes_that_are_no_model(string text) =>
        Assert.Contains("not an ONNX model", Assert.Throws<InvalidDataException>(() => OnnxFile.Check(Encoding.UTF8.GetBytes(text))).Message, StringComparison.Ordinal);

    [Fact]
    public void Refuses_graphs_that_are_nested_without_end()
    {
        byte[] graph = [];
        for (var i = 0; i < 100; i++)
            graph = Field(1, Field(5, Field(6, graph)));
        Assert.Contains("nested", Assert.Throws<InvalidDataException>(() => OnnxFile.Check(Field(7, graph))).Message, StringComparison.Ordinal);
    }

    private static byte[] Field(int number, ReadOnlySpan<byte> content)
    {
        var bytes = new List<byte>();
        Varint(bytes, (uint)((number << 3) | 2));
        Varint(bytes, (uint)content.Length);
        return [.. bytes, .. content];
    }

    private static void Varint(List<byte> bytes, uint value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }
}
