using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Memory;

namespace HnmStreams.Pipeline.Ranking.Inspection;

/// <summary>The place in which the ranking stage holds a candidate.</summary>
public enum CandidateLocation
{
    /// <summary>The pool of hard negatives.</summary>
    Pool,

    /// <summary>The quarantine of suspected label errors.</summary>
    Quarantine,

    /// <summary>The reservoir of positives.</summary>
    Positives,

    /// <summary>The reservoir of negatives.</summary>
    Negatives,
}

/// <summary>A candidate that the ranking stage holds. The sections that do not apply are null.</summary>
/// <param name="Id">The id of the example.</param>
/// <param name="Region">The region of the example; 0 for the whole example.</param>
/// <param name="Label">The label as the task encoded it.</param>
/// <param name="Origin">The record that the example came with.</param>
/// <param name="Losses">The losses of the last visits, oldest first; empty before the first.</param>
/// <param name="Pool">Its entry in the pool; null if it is not there.</param>
/// <param name="Quarantine">Its entry in the quarantine; null if it is not there.</param>
/// <param name="Detail">The details; null in lists of candidates.</param>
public sealed record Candidate(
    string Id,
    int Region,
    CandidateLocation Location,
    int Label,
    Origin Origin,
    IReadOnlyList<LossRecord> Losses,
    CandidatePoolEntry? Pool = null,
    QuarantineEntry? Quarantine = null,
    CandidateDetail? Detail = null);

/// <summary>The entry of a candidate in the pool.</summary>
/// <param name="ModelVersion">The version that gave the hardness.</param>
/// <param name="AgeInVersions">The number of model versions since then.</param>
/// <param name="Uses">The number of training steps that it took part in.</param>
public sealed record CandidatePoolEntry(float Hardness, long ModelVersion, long AgeInVersions, int Uses);

/// <summary>The entry of a candidate in the quarantine.</summary>
/// <param name="Visits">The number of visits before it was quarantined.</param>
/// <param name="LastLosses">The losses of the last visits, oldest first.</param>
/// <param name="SinceVersion">The model version at which it was quarantined.</param>
/// <param name="Reason">The reason, in one sentence.</param>
public sealed record QuarantineEntry(int Visits, IReadOnlyList<float> LastLosses, long SinceVersion, string Reason);

/// <summary>The details of one candidate.</summary>
/// <param name="Weight">The weight of the example.</param>
/// <param name="Payload">The row as the task encoded it.</param>
/// <param name="Suspected">True if the label looks wrong.</param>
/// <param name="LabelAssessment">The reason for <paramref name="Suspected"/>, in one sentence.</param>
public sealed record CandidateDetail(float Weight, byte[] Payload, bool Suspected, string LabelAssessment);
