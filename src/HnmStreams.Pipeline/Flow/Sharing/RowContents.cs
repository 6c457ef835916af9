using System.IO.Hashing;

namespace HnmStreams.Pipeline.Flow.Sharing;

/// <summary>
/// The payloads of a batch that another process scored: which of them were sent, and a hash of the others, by which a newer record of a kept
/// example is recognized as a correction.
/// </summary>
/// <param name="isSent">True for each row whose payload was sent.</param>
/// <param name="hashes">The hash of each payload that was not sent; not used for the others.</param>
internal sealed class RowContents(bool[] isSent, uint[] hashes)
{
    /// <summary>True if the payload of the row was sent.</summary>
    public bool IsSent(int row) => isSent[row];

    /// <summary>Returns true if a payload has the same content as a row that was not sent. Wrong once in 2^32 payloads.</summary>
    public bool IsSame(int row, ReadOnlySpan<byte> payload) => hashes[row] == Hash(payload);

    /// <summary>Returns the hash of a payload.</summary>
    public static uint Hash(ReadOnlySpan<byte> payload) => (uint)XxHash3.HashToUInt64(payload);
}
