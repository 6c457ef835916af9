using CsCheck;
using HnmStreams.Torch.Native.Build;

namespace HnmStreams.Torch.Tests.Native;

public sealed class ElfCompatibilityTests
{
    private static readonly byte[] Original = File.ReadAllBytes(
        Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so"));

    private static readonly byte[] Patched = ElfCompatibility.Patch(Original, ElfCompatibility.ForTorchSharp);

    [Fact]
    public void TorchSharps_own_library_asks_for_more_than_GCC_11_has()
    {
        var versions = ElfCompatibility.StrongRequirements(Original).Select(r => r.Value).ToArray();
        Assert.Contains("GLIBCXX_3.4.32", versions);
        Assert.Contains("GLIBCXX_3.4.30", versions);
    }

    [Theory]
    [InlineData("GLIBC_", "2.34")]
    [InlineData("GLIBCXX_", "3.4.29")]
    [InlineData("CXXABI_", "1.3.13")]
    public void The_copy_asks_for_no_more_than_the_oldest_supported_system_has(string family, string newest)
    {
        var asked = ElfCompatibility.StrongRequirements(Patched)
            .Select(r => r.Value)
            .Where(v => v.StartsWith(family, StringComparison.Ordinal))
            .Select(v => Version.Parse(v[family.Length..]))
            .ToArray();
        Assert.NotEmpty(asked);
        Assert.All(asked, version => Assert.True(version <= Version.Parse(newest), $"{family}{version}"));
    }

    [Fact]
    public void All_other_requirements_stay()
    {
        Assert.Equal(
            ElfCompatibility.StrongRequirements(Original).Where(r => r.Value is not ("GLIBCXX_3.4.30" or "GLIBCXX_3.4.32")),
            ElfCompatibility.StrongRequirements(Patched));
    }

    [Fact]
    public void Few_bytes_differ_and_none_is_added()
    {
        Assert.Equal(Original.Length, Patched.Length);
        var different = Original.Zip(Patched).Count(pair => pair.First != pair.Second);
        Assert.InRange(different, 4, 16);
    }

    [Fact]
    public void What_the_build_laid_beside_the_application_is_this_copy() =>
        Assert.Equal(Patched, File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "compat", "libLibTorchSharp.so")));

    [Fact]
    public void A_copy_of_the_copy_is_the_same() =>
        Assert.Equal(Patched, ElfCompatibility.Patch(Patched, ElfCompatibility.ForTorchSharp));

    [Fact]
    public void A_version_that_other_symbols_need_too_is_refused()
    {
        ElfCompatibility.Redirection[] redirections = [new("_ZSt17__throw_bad_allocv", "GLIBCXX_3.4", "ceil", "GLIBC_2.2.5")];
        Assert.Throws<InvalidDataException>(() => ElfCompatibility.Patch(Original, redirections));
    }

    [Fact]
    public void A_replacement_that_is_not_there_is_refused()
    {
        ElfCompatibility.Redirection[] redirections = [new("_ZSt21ios_base_library_initv", "GLIBCXX_3.4.32", "no_such_function", "GLIBC_2.2.5")];
        Assert.Throws<InvalidDataException>(() => ElfCompatibility.Patch(Original, redirections));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u007fELF")]
    [InlineData("This is a text, and it is long enough to hold the sixty-four bytes of an ELF header.")]
    public void What_is_no_library_is_refused(string content)
    {
        var bytes = System.Text.Encoding.Latin1.GetBytes(content);
        Assert.Throws<InvalidDataException>(() => ElfCompatibility.Patch(bytes, ElfCompatibility.ForTorchSharp));
        Assert.Throws<InvalidDataException>(() => ElfCompatibility.StrongRequirements(bytes));
    }

    [Fact]
    public void A_library_that_is_cut_off_is_refused() =>
        Gen.Int[0, Original.Length - 1].Sample(
            length => Assert.Throws<InvalidDataException>(() => ElfCompatibility.Patch(Original[..length], ElfCompatibility.ForTorchSharp)),
            seed: "0000KOIPe036", iter: 50, threads: 1);

    [Fact]
    public void Damaged_tables_end_in_a_refusal_or_a_copy_but_never_in_another_exception()
    {
        // The tables of interest lie in the first 300 kB, the section headers in the last 3.
        var places = Gen.OneOf(Gen.Int[0, 300_000], Gen.Int[Original.Length - 3_000, Original.Length - 1], Gen.Int[0x3f8f0, 0x3faff], Gen.Int[0, 63]);
        Gen.Select(places, Gen.Byte).Array[1, 40].Sample(
            damage =>
            {
                var image = (byte[])Original.Clone();
                foreach (var (place, value) in damage)
                    image[place] = value;
                try
                {
                    Assert.Equal(image.Length, ElfCompatibility.Patch(image, ElfCompatibility.ForTorchSharp).Length);
                }
                catch (InvalidDataException e)
                {
                    Assert.NotEmpty(e.Message);
                }
            },
            seed: "0000KOIPe036", iter: 200, threads: 1);
    }
}
