using System.Globalization;
using HnmStreams.Web.DeadLetters;

namespace HnmStreams.Host.Intake;

/// <summary>The failure of a run in which nearly every record is rejected. A restart would fail again.</summary>
internal sealed class TooManyRejectionsException : Exception
{
    /// <param name="reason">The most frequent reason, or null if it is not known.</param>
    public TooManyRejectionsException(long rejected, long total, RejectionReason? reason)
        : base(string.Create(CultureInfo.InvariantCulture, $"{rejected} of {total} records rejected") + (reason is null ? "." : $": {reason.Reason}, for example {reason.Example} ({reason.Detail.TrimEnd('.')})."))
    {
    }
}
