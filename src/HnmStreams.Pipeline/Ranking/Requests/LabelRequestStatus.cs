namespace HnmStreams.Pipeline.Ranking.Requests;

/// <summary>The label requests: present numbers, and counters since the beginning of the state.</summary>
/// <param name="Open">Requests without a label so far.</param>
/// <param name="Candidates">Examples from which the next requests are chosen.</param>
/// <param name="Requested">Requests made.</param>
/// <param name="Answered">Requests whose label has come.</param>
/// <param name="Differing">Answers with another label than the predicted one.</param>
/// <param name="Expired">Requests whose example left without a label: its time was over, the store was full, or the producer deleted it.</param>
/// <param name="Compared">Examples that a second version has predicted.</param>
public sealed record LabelRequestStatus(int Open, int Candidates, long Requested, long Answered, long Differing, long Expired, long Compared)
{
    /// <summary>The share of answers with another label than the predicted one, 0 to 1; null before the first answer.</summary>
    public double? DifferingShare => Answered == 0 ? null : (double)Differing / Answered;
}
