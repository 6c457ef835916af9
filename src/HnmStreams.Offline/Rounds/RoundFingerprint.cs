using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace HnmStreams.Offline.Rounds;

/// <summary>The task, data and settings that decide what is mined. A folder of rounds is resumed only with the same fingerprint.</summary>
/// <remarks>The text is stored in <c>state.json</c>. Changing it makes all existing folders impossible to resume.</remarks>
/// <param name="IsEmbedded">True if negatives are ranked by embeddings, false if by hardness.</param>
/// <param name="NetworkSignature">The parameter names and shapes of the network.</param>
/// <param name="ExamplesHash">The hash of all training examples in order.</param>
/// <param name="RowFormat">The format of the rows beyond the network's input: the encoder; empty if none exists.</param>
/// <param name="InitialWeights">The path of the initial weights; null if there are none. Only its file name counts.</param>
internal sealed record RoundFingerprint(string Task, bool IsEmbedded, string NetworkSignature, int Examples, ulong ExamplesHash, ulong Seed, MineOptions Options, string? InitialWeights, string RowFormat = "")
{
    public override string ToString()
    {
        var network = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(NetworkSignature));
        FormattableString[] parts =
        [
            $"{Task} {(IsEmbedded ? "embedded" : "scored")}",
            $"network {network:x16}",
            $"{Examples} examples {ExamplesHash:x16}",
            $"seed {Seed}",
            $"band {Options.RangeMin} to {Options.RangeMax} scoring {Options.MinScore} to {Options.MaxScore} under {Options.AbsoluteMargin} and {Options.RelativeMargin}",
            $"{Options.Sampling}",
            $"{Options.Negatives} for {Options.Positives}",
            $"{Options.HardSet}",
            $"steps {Options.Steps} after {Options.WarmupSteps}",
            $"weights {Path.GetFileName(InitialWeights)}",
            $"checker {Path.GetFileName(Options.Checker)}",
        ];
        var text = string.Join(", ", parts.Select(part => part.ToString(CultureInfo.InvariantCulture)));
        return RowFormat.Length == 0 ? text : $"{text}, encoder {RowFormat}";
    }
}
