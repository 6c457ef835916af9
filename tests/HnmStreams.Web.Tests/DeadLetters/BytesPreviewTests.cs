using System.Text;
using HnmStreams.Web.DeadLetters;

namespace HnmStreams.Web.Tests.DeadLetters;

public sealed class BytesPreviewTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("größer €", "größer €")]
    [InlineData("a long text\u001b[31m", "a long text\\u001b[31m")]
    [InlineData("line\nline", "line\\u000aline")]
    [InlineData("left\u202eright", "left\\u202eright")]
    public void Text_is_shown_with_escaped_control_characters(string original, string expected)
    {
        var preview = Of(Encoding.UTF8.GetBytes(original));
        Assert.Equal(new BytesPreview(expected, IsText: true, IsCut: false), preview);
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0x41 }, "ff 41")]
    [InlineData(new byte[] { 0xc3 }, "c3")]
    [InlineData(new byte[] { 0x0a, 0x03, 0x61, 0x62, 0x63 }, "0a 03 61 62 63")]
    [InlineData(new byte[] { 0x00 }, "00")]
    public void Other_bytes_are_shown_as_hexadecimal_digits(byte[] original, string expected) =>
        Assert.Equal(new BytesPreview(expected, IsText: false, IsCut: false), Of(original));

    [Theory]
    [InlineData("a")]
    [InlineData("é")]
    [InlineData("€")]
    [InlineData("😀")]
    public void A_long_text_is_cut_between_two_characters(string character)
    {
        for (var offset = 0; offset < 4; offset++)
        {
            var text = new string('x', offset) + string.Concat(Enumerable.Repeat(character, 2_000));
            var preview = Of(Encoding.UTF8.GetBytes(text));
            Assert.True(preview is { IsText: true, IsCut: true });
            Assert.StartsWith(preview.Text, text, StringComparison.Ordinal);
            Assert.InRange(Encoding.UTF8.GetByteCount(preview.Text), BytesPreview.MaxBytes - 3, BytesPreview.MaxBytes);
        }
    }

    [Fact]
    public void Long_binary_data_are_cut()
    {
        var preview = Of(new byte[5_000]);
        Assert.True(preview is { IsText: false, IsCut: true });
        Assert.Equal((3 * BytesPreview.MaxHexBytes) - 1, preview.Text.Length);
    }

    [Fact]
    public void Shortening_does_not_change_the_preview()
    {
        foreach (var original in new[] { Encoding.UTF8.GetBytes(new string('€', 2_000)), new byte[5_000], [1, 2, 3] })
        {
            var stored = StoredBytes.Of(original)!;
            var shortened = stored.Shortened();
            Assert.Equal(BytesPreview.Of(stored), BytesPreview.Of(shortened));
            Assert.Equal(original.Length <= BytesPreview.MaxBytes, shortened.IsWhole);
        }
    }

    private static BytesPreview Of(byte[] original) => BytesPreview.Of(StoredBytes.Of(original)!);
}
