using HnmStreams.Data.Examples;
using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Flow;
using HnmStreams.Pipeline.Memory;

namespace HnmStreams.Pipeline.Tests.Memory;

public sealed class ExamplesFileTests
{
    [Fact]
    public void Every_truncated_or_changed_file_is_refused_or_read()
    {
        using var payloads = new PayloadStore();
        using var file = new MemoryStream();
        var source = new RowSource(ExampleKey.Of("id"), "id", new Origin("topic", 1, 2), DateTimeOffset.UnixEpoch, default);
        ExamplesFile.Write(file, [payloads.Keep(source, new byte[] { 1, 2, 3 }, 1, 0.5f)], payloads);
        var valid = file.ToArray();
        Assert.Equal(1, Read(valid));
        for (var at = 0; at < valid.Length; at++)
        {
            Assert.Null(Read(valid[..at]));
            // A length of five bytes that is negative, a large one, and other values.
            foreach (var bytes in (byte[][])[[0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0x7F], [0x00], [0x80]])
            {
                byte[] changed = [.. valid[..at], .. bytes, .. valid[Math.Min(valid.Length, at + bytes.Length)..]];
                Read(changed);
            }
        }
    }

    // Returns the number of examples; null if the file is refused.
    private static int? Read(byte[] bytes)
    {
        using var payloads = new PayloadStore();
        using var file = new MemoryStream(bytes);
        try
        {
            return ExamplesFile.Read(file, payloads).Count;
        }
        catch (InvalidDataException e)
        {
            Assert.NotEmpty(e.Message);
            return null;
        }
    }
}
