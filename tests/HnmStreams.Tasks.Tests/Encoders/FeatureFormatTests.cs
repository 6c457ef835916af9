using HnmStreams.Tasks.Encoders;

namespace HnmStreams.Tasks.Tests.Encoders;

public sealed class FeatureFormatTests
{
    [Theory]
    [InlineData("float32", 400, 0)]
    [InlineData("float16", 200, 5e-4)]
    [InlineData("int8", 104, 4e-3)]
    public void Features_are_read_as_written_up_to_the_precision_of_the_storage(string storage, int bytes, double error)
    {
        var format = new FeatureFormat(storage, 100);
        Assert.Equal(bytes, format.Bytes);
        var features = Enumerable.Range(0, 100).Select(i => MathF.Sin(i * 7)).ToArray();
        var (row, read) = (new byte[bytes], new float[100]);
        format.Write(features, row);
        format.Read(row, read);
        for (var i = 0; i < 100; i++)
            Assert.Equal(features[i], read[i], error + 1e-9);
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("float16")]
    [InlineData("int8")]
    public void Zeros_stay_zeros(string storage)
    {
        var format = new FeatureFormat(storage, 3);
        var (row, read) = (new byte[format.Bytes], new float[] { 1, 2, 3 });
        format.Write(new float[3], row);
        format.Read(row, read);
        Assert.Equal([0, 0, 0], read);
    }

    [Fact]
    public void Rejects_a_row_of_another_storage() =>
        Assert.Contains("task.encoder.storage", Assert.Throws<InvalidDataException>(() => new FeatureFormat("int8", 4).Read(new byte[16], new float[4])).Message, StringComparison.Ordinal);
}
