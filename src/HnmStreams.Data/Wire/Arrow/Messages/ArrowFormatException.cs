using HnmStreams.Data.Examples;

namespace HnmStreams.Data.Wire.Arrow.Messages;

/// <summary>The exception for a record that is not a valid Arrow stream. Caught where the record is opened, which then rejects it.</summary>
internal sealed class ArrowFormatException(string message, string reason = RejectionReasons.Malformed) : Exception(message)
{
    public string Reason { get; } = reason;
}
