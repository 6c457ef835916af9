using CsCheck;
using HnmStreams.Data.Wire;

namespace HnmStreams.Data.Tests.Wire;

public sealed class FiniteFloatsTests
{
    private static readonly float[] Edges = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.Epsilon, -0f];

    [Fact]
    public void Agrees_with_float_IsFinite_at_any_alignment() =>
        Gen.Select(Gen.Frequency((30, Gen.Float[-1f, 1f]), (1, Gen.Float), (1, Gen.Int[0, Edges.Length - 1].Select(static i => Edges[i]))).Array[0, 70], Gen.Int[0, 3])
            .Sample(static (values, shift) =>
            {
                var bytes = new byte[shift].Concat(values.SelectMany(BitConverter.GetBytes)).ToArray();
                Assert.Equal(Array.FindIndex(values, static v => !float.IsFinite(v)), FiniteFloats.IndexOfNotFinite(bytes.AsSpan(shift)));
            });
}
