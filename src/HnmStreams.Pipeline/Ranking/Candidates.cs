using HnmStreams.Data.Records;
using HnmStreams.Pipeline.Memory;

namespace HnmStreams.Pipeline.Ranking;

/// <summary>One of the hardest negatives of the pool.</summary>
/// <param name="AgeInVersions">Model versions since it was scored last.</param>
/// <param name="Uses">Training steps it took part in.</param>
/// <param name="Losses">Of its last visits, oldest first; none before the first.</param>
public sealed record HardNegative(
    string Id, int Unit, float Hardness, long ModelVersion, long AgeInVersions, int Uses, Origin Origin, IReadOnlyList<LossRecord> Losses);

/// <summary>A suspected wrong label that was set aside.</summary>
/// <param name="Label">As the task encoded it.</param>
/// <param name="LastLosses">Oldest first.</param>
/// <param name="SinceVersion">Model version at which it was set aside.</param>
public sealed record QuarantinedCandidate(
    string Id, int Unit, int Label, int Visits, IReadOnlyList<float> LastLosses, long SinceVersion, string Reason, Origin Origin);

/// <summary>Where the ranking stage holds a candidate.</summary>
public enum CandidateLocation
{
    /// <summary>The pool of hard negatives.</summary>
    Pool,

    /// <summary>Set aside as a suspected wrong label.</summary>
    Quarantine,

    /// <summary>The reservoir of positives.</summary>
    Positives,

    /// <summary>The reservoir of negatives.</summary>
    Negatives,
}

/// <summary>All that the ranking stage knows of one candidate.</summary>
/// <param name="Payload">Its row, as the task encoded it.</param>
/// <param name="Hardness">Null where it is in no pool.</param>
/// <param name="ModelVersion">The version that gave the hardness.</param>
/// <param name="Suspected">Whether it looks like a wrong label, and in <paramref name="Verdict"/> why or why not.</param>
public sealed record Candidate(
    string Id,
    int Unit,
    CandidateLocation Place,
    int Label,
    float Weight,
    byte[] Payload,
    float? Hardness,
    long? ModelVersion,
    long? AgeInVersions,
    int Uses,
    Origin Origin,
    IReadOnlyList<LossRecord> Losses,
    bool Suspected,
    string Verdict);
