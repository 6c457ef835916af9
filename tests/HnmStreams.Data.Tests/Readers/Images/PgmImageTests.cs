using System.Text;
using CsCheck;
using HnmStreams.Data.Examples;
using HnmStreams.Data.Options;
using HnmStreams.Data.Readers;
using HnmStreams.Data.Readers.Images;

namespace HnmStreams.Data.Tests.Readers.Images;

public sealed class PgmImageTests
{
    [Theory]
    [InlineData("P5 3 2 255\n")]
    [InlineData("P5\n# a comment\n3\n2 # wide\n255\n")]
    [InlineData("P5\r3\t2\r255 ")]
    public void Decodes_rows_to_a_tensor_of_height_and_width(string header)
    {
        var dense = PgmImage.Decode([.. Encoding.ASCII.GetBytes(header), 0, 1, 2, 253, 254, 255], out _)!;
        Assert.Equal(ElementType.UInt8, dense.Type);
        Assert.Equal([2, 3], dense.Shape);
        Assert.Equal([0, 1, 2, 253, 254, 255], dense.Data.ToArray());
    }

    [Fact]
    public void Scales_a_smaller_maximum_gray_value() =>
        Assert.Equal([0, 85, 170, 255], PgmImage.Decode([.. "P5 4 1 3\n"u8, 0, 1, 2, 3], out _)!.Data.ToArray());

    [Theory]
    [InlineData("", "P5")]
    [InlineData("P2 1 1 255\n0", "P5")]
    [InlineData("P5 3 2", "header")]
    [InlineData("P5 3 x 255\n", "header")]
    [InlineData("P5 0 1 255\n", "0 x 1")]
    [InlineData("P5 99999999 99999999 255\n", "pixels")]
    [InlineData("P5 1 1 65535\n00", "65535")]
    [InlineData("P5 1 1 0\n0", "maximum")]
    [InlineData("P5 2 2 255\n123", "3 bytes")]
    [InlineData("P5 2 2 255\n12345", "5 bytes")]
    [InlineData("P5 2 2 255", "header")]
    public void Explains_why_a_file_is_rejected(string file, string problem)
    {
        Assert.Null(PgmImage.Decode(Encoding.ASCII.GetBytes(file), out var reported));
        Assert.Contains(problem, reported, StringComparison.Ordinal);
    }

    [Fact]
    public void Never_throws() =>
        Gen.Byte.Array[0, 40].Sample(bytes =>
        {
            var image = PgmImage.Decode([.. "P5"u8, .. bytes], out var problem);
            Assert.True(image is not null || problem.Length > 0);
        });

    [Fact]
    public void A_folder_per_person_is_read_as_tensors()
    {
        using var folder = new ScratchFolder();
        folder.Write("s1/1.pgm", [.. "P5 1 2 255\n"u8, 7, 9]);
        folder.Write("s2/1.pgm", "P5 1 2 255\n");
        var reader = ExampleReaders.Open(folder.Path, new DataOptions());
        Assert.Equal(2, reader.Count);
        var first = reader.Read(TestContext.Current.CancellationToken).First();
        Assert.Equal(("s1/1.pgm", (Target)new Target.Label("s1")), (first.Id, first.Target));
        Assert.Equal([7, 9], Assert.IsType<ExampleInput.Dense>(first.Input).Data.ToArray());
        Assert.Contains("0 bytes", Assert.Throws<DataSourceException>(() => reader.Read().ToList()).Message, StringComparison.Ordinal);
    }
}
