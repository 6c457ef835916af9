using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Web.Persistence;

namespace HnmStreams.Web.Events;

/// <summary>The events of a checkpoint folder as JSON lines. Appended line by line; when it has become long, it is replaced by its newest part.</summary>
/// <param name="mayWrite">Returns false once another process has the lease of the folder. The file belongs to that process then.</param>
/// <remarks>
/// One owner. A kill leaves at most the last line incomplete, and such a line is skipped. Lines are not flushed to the disk one by one: a
/// power failure can lose the newest.
/// </remarks>
internal sealed class EventFile(string folder, Func<bool> mayWrite)
{
    /// <summary>The name of the file.</summary>
    public const string Name = "events.jsonl";

    /// <summary>The number of events that stay when the file is shortened. It is shortened at twice as many.</summary>
    public const int Kept = EventLog.Capacity;

    // Above twice the kept events with texts of the maximum length.
    private const int MaxBytes = 16 * 1024 * 1024;

    private readonly string _path = Path.Combine(folder, Name);
    private int _lines;

    /// <summary>Returns the stored events, oldest first, at most <see cref="Kept"/>. Damaged lines are skipped.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<RunEvent> Load()
    {
        var events = new List<RunEvent>();
        var content = AtomicFile.ReadEnd(_path, MaxBytes);
        foreach (var line in Lines(content))
        {
            if (Parse(content.AsSpan(line)) is { } stored)
                events.Add(stored);
        }

        _lines = events.Count;
        // The next line must not continue an incomplete one.
        if (content is [.., not (byte)'\n'] && mayWrite())
            Append("\n"u8);
        return events.Count <= Kept ? events : events[^Kept..];
    }

    /// <summary>Appends an event.</summary>
    /// <param name="newest">Returns the newest events, oldest first, this one included, for the case that the file is shortened.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Append(RunEvent added, Func<IReadOnlyList<RunEvent>> newest)
    {
        if (!mayWrite())
            return;
        if (++_lines <= 2 * Kept)
        {
            var line = new ArrayBufferWriter<byte>();
            Write(line, added);
            Append(line.WrittenSpan);
            return;
        }

        var kept = new ArrayBufferWriter<byte>();
        var events = newest();
        foreach (var item in events)
            Write(kept, item);
        AtomicFile.Replace(_path, kept.WrittenSpan);
        _lines = events.Count;
    }

    private void Append(ReadOnlySpan<byte> line)
    {
        using var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Write(line);
    }

    private static IEnumerable<Range> Lines(byte[]? content)
    {
        var start = 0;
        while (content is not null && start < content.Length && Array.IndexOf(content, (byte)'\n', start) is >= 0 and var end)
        {
            if (end > start)
                yield return start..end;
            start = end + 1;
        }
    }

    private static RunEvent? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, EventJson.Default.RunEvent) is { Text: not null } stored ? stored : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Write(ArrayBufferWriter<byte> lines, RunEvent item)
    {
        using (var json = new Utf8JsonWriter(lines))
            JsonSerializer.Serialize(json, item, EventJson.Default.RunEvent);
        lines.Write("\n"u8);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunEvent))]
internal sealed partial class EventJson : JsonSerializerContext;
