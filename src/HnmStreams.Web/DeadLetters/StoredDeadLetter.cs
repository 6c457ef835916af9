using System.Globalization;
using HnmStreams.Data.Records;

namespace HnmStreams.Web.DeadLetters;

/// <summary>A recent dead letter, with its key and value as long as they are stored.</summary>
/// <param name="Row">The index of the row, if the record carries many examples and only this one was rejected; else null.</param>
/// <param name="Key">Null if the record has no key.</param>
/// <param name="Value">Null if the record has no value, or if its value exceeded the size limit and was not copied.</param>
internal sealed record StoredDeadLetter(Origin Origin, int? Row, string Reason, string Detail, DateTimeOffset At, StoredBytes? Key, StoredBytes? Value)
{
    /// <summary>The partition, the offset and, if there is one, the row. A record that is rejected again has the same id.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Origin.Partition}-{Origin.Offset}") + (Row is { } row ? string.Create(CultureInfo.InvariantCulture, $"-{row}") : "");

    /// <summary>The bytes that are stored.</summary>
    public long StoredLength => (Key?.Content.Length ?? 0) + (Value?.Content.Length ?? 0);

    /// <summary>Returns the dead letter with the beginning of key and value only, enough for their previews.</summary>
    public StoredDeadLetter Shortened() => this with { Key = Key?.Shortened(), Value = Value?.Shortened() };
}

/// <summary>A key or a value: all of it, or its beginning.</summary>
/// <param name="Length">The length of the original in bytes.</param>
internal sealed record StoredBytes(ReadOnlyMemory<byte> Content, int Length)
{
    public static StoredBytes? Of(byte[]? original) => original is null ? null : new StoredBytes(original, original.Length);

    /// <summary>True if no byte is missing.</summary>
    public bool IsWhole => Content.Length == Length;

    /// <summary>Returns a copy of the beginning, so that the original can be freed.</summary>
    public StoredBytes Shortened() => Content.Length <= BytesPreview.MaxBytes ? this : this with { Content = Content[..BytesPreview.MaxBytes].ToArray() };
}
