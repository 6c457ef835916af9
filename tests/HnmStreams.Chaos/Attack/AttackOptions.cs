namespace HnmStreams.Chaos.Attack;

/// <summary>The options of the attacks.</summary>
/// <param name="Records">The number of mutated records; the other attacks are scaled with it.</param>
/// <param name="Connections">The number of slow or idle connections.</param>
/// <param name="Hnm">The path of the service's executable.</param>
/// <param name="Work">The folder for state and logs.</param>
internal sealed record AttackOptions(int Records, int Connections, ulong Seed, string Hnm, string Work);
