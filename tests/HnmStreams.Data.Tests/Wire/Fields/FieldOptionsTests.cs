using System.ComponentModel.DataAnnotations;
using HnmStreams.Data.Wire.Fields;

namespace HnmStreams.Data.Tests.Wire.Fields;

public sealed class FieldOptionsTests
{
    public static TheoryData<FieldOptions, string> Invalid => new()
    {
        { new FieldOptions { Label = "$..label", Text = "$.t" }, "invalid at character 3" },
        { new FieldOptions { Label = "$.l", Features = ["$.*"] }, "invalid at character 3" },
        { new FieldOptions { Text = "$.t" }, "must name a target" },
        { new FieldOptions { Label = "$.l" }, "must name an input" },
        { new FieldOptions { Label = "$.l", Tensor = "$.t", TensorShape = [2, 0] }, "dimensions of at least 1" },
        { new FieldOptions { Decimals = { ["amount"] = "two" } }, "amount is mapped to 'two'" },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Names_the_problem(FieldOptions options, string expected) =>
        Assert.Contains(expected, string.Join('\n', options.Validate(new ValidationContext(options)).Select(r => r.ErrorMessage)), StringComparison.Ordinal);

    [Fact]
    public void Accepts_the_default_and_complete_options()
    {
        foreach (var options in new[] { new FieldOptions(), new FieldOptions { Id = "$.i", Label = "$.l", Features = ["$.f", "g.h"] }, new FieldOptions { Id = "$.other" } })
            Assert.Empty(options.Validate(new ValidationContext(options)));
    }
}
