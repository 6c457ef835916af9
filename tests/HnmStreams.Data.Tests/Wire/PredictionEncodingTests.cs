using System.Text;
using CsCheck;
using HnmStreams.Data.Records;
using HnmStreams.Data.Wire.Predictions;

namespace HnmStreams.Data.Tests.Wire;

public sealed class PredictionEncodingTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 30, 10, 0, 0, 123, TimeSpan.Zero);

    [Theory]
    [InlineData(PredictionFormat.Json)]
    [InlineData(PredictionFormat.Protobuf)]
    public void Decoding_restores_every_bit_of_the_outputs(PredictionFormat format) => Gen.Float.Array[1, 5].Sample(outputs =>
    {
        var decoded = PredictionEncoding.Decode(PredictionEncoding.Encode(new Prediction("a", 7, true, outputs, [0.25, 0.75], [0.1, 0.9], At), format), format);
        Assert.Equal(outputs.Select(Bits), decoded.Outputs.Select(Bits));
        Assert.Equal(("a", 7L, true, At), (decoded.Id, decoded.ModelVersion, decoded.Promoted, decoded.At));
        Assert.Equal([0.25, 0.75], decoded.Probabilities!);
        Assert.Equal([0.1, 0.9], decoded.Calibrated!);
    });

    [Theory]
    [InlineData(PredictionFormat.Json)]
    [InlineData(PredictionFormat.Protobuf)]
    public void Probabilities_may_be_missing(PredictionFormat format)
    {
        var decoded = PredictionEncoding.Decode(PredictionEncoding.Encode(new Prediction("a", 0, false, [1], null, null, At), format), format);
        Assert.Null(decoded.Probabilities);
        Assert.Null(decoded.Calibrated);
    }

    [Fact]
    public void The_names_in_json_are_a_contract() => Assert.Equal(
        """{"id":"tx-1","modelVersion":17,"promoted":true,"outputs":[-2.25],"probabilities":[0.75,0.25],"at":"2026-11-30T10:00:00.123+00:00"}""",
        Encoding.UTF8.GetString(PredictionEncoding.Encode(new Prediction("tx-1", 17, true, [-2.25f], [0.75, 0.25], null, At), PredictionFormat.Json)));

    // All NaNs are the same number for a consumer.
    private static int Bits(float value) => float.IsNaN(value) ? int.MaxValue : BitConverter.SingleToInt32Bits(value);
}
