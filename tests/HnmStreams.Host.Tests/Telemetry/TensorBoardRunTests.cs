using System.Buffers.Binary;
using HnmStreams.Host.Telemetry;
using HnmStreams.Testing;
using Tensorboard;

namespace HnmStreams.Host.Tests.Telemetry;

public sealed class TensorBoardRunTests
{
    [Fact]
    public void Values_are_in_an_event_file_by_tag_and_step()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "run");
        var run = new TensorBoardRun(path);
        run.Write(10, [("train/loss", 0.5), ("heldOut/averagePrecision", double.NaN)]);
        run.Write(25, [("train/loss", 0.25), ("heldOut/averagePrecision", 0.75)]);
        var file = Assert.Single(Directory.GetFiles(path));
        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(file), StringComparison.Ordinal);
        Assert.Equal(
            [("train/loss", 10L, 0.5f), ("train/loss", 25L, 0.25f), ("heldOut/averagePrecision", 25L, 0.75f)],
            Events(file).Where(static e => e.Summary is not null).SelectMany(static e => e.Summary.Value.Select(value => (value.Tag, e.Step, value.SimpleValue))));
    }

    // A record: its length (8 bytes), a checksum (4), the message, a checksum (4).
    private static IEnumerable<Event> Events(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        var bytes = copy.ToArray();
        for (var at = 0; at < bytes.Length;)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
            yield return Event.Parser.ParseFrom(bytes, at + 12, length);
            at += length + 16;
        }
    }
}
