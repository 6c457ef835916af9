using CsCheck;
using HnmStreams.Mining.Retention;
using HnmStreams.Mining.Windows;

namespace HnmStreams.Mining.Tests.Retention;

public sealed class LabelNoiseRuleTests
{
    [Fact]
    public void Judge_and_Explain_agree() =>
        Gen.Select(Gen.Float[0, 10].Array[0, 30], Gen.Float[0, 10].Array[1, 100], Gen.Int[1, 12]).Sample((losses, recent, visits) =>
        {
            var options = new LabelNoiseOptions { MinVisits = visits };
            var history = default(LossHistory);
            var seen = new RecentHardness(100);
            foreach (var loss in losses)
                history.Add(loss);
            foreach (var loss in recent)
                seen.Observe(loss);
            var reason = LabelNoiseRule.Judge(history, seen, options);
            var (suspected, explanation) = LabelNoiseRule.Explain(history, seen, options);
            Assert.Equal(reason is not null, suspected);
            Assert.Equal(reason ?? explanation, explanation);
        });
}
