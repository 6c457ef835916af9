using System.Globalization;

namespace HnmStreams.Testing;

/// <summary>Mutated inputs for fuzz tests, a pure function of the seed. Not thread-safe.</summary>
public sealed class Mutation(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Returns the number of inputs of a fuzz test: <paramref name="defaultValue"/>, or HNM_FUZZ_INPUTS if it is set (<c>make fuzz</c>).</summary>
    public static int Inputs(int defaultValue) =>
        int.TryParse(Environment.GetEnvironmentVariable("HNM_FUZZ_INPUTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var inputs) ? inputs : defaultValue;

    /// <summary>Returns the seed of a fuzz test: <paramref name="defaultValue"/>, or HNM_FUZZ_SEED if it is set.</summary>
    public static ulong Seed(ulong defaultValue) =>
        ulong.TryParse(Environment.GetEnvironmentVariable("HNM_FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : defaultValue;

    /// <summary>Returns a uniform number in [0, <paramref name="bound"/>).</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>Applies one to four edits: flip a bit; set, insert, remove, repeat or exchange bytes; write an extreme number; truncate.</summary>
    public byte[] Apply(byte[] valid)
    {
        var bytes = valid.ToList();
        for (var edits = 1 + Below(4); edits > 0 && bytes.Count > 0; edits--)
        {
            var position = Below(bytes.Count);
            var length = Math.Min(1 + Below(8), bytes.Count - position);
            switch (Below(8))
            {
                case 0:
                    bytes[position] ^= (byte)(1 << Below(8));
                    break;
                case 1:
                    bytes[position] = (byte)Next();
                    break;
                case 2:
                    bytes.Insert(position, (byte)Next());
                    break;
                case 3:
                    bytes.RemoveRange(position, length);
                    break;
                case 4:
                    bytes.InsertRange(position, bytes.GetRange(position, length));
                    break;
                case 5:
                    for (var i = 0; i < length; i++)
                        bytes[position + i] = (byte)(Below(2) == 0 ? 0xFF : 0);
                    break;
                case 6:
                    var other = Below(bytes.Count);
                    (bytes[position], bytes[other]) = (bytes[other], bytes[position]);
                    break;
                default:
                    bytes.RemoveRange(position, bytes.Count - position);
                    break;
            }
        }

        return [.. bytes];
    }

    // SplitMix64 (Steele, Lea and Flood 2014).
    private ulong Next()
    {
        var z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
