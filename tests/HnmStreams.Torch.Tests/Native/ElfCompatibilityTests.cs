using CsCheck;
using HnmStreams.Torch.Native.Build;

namespace HnmStreams.Torch.Tests.Native;

public sealed class ElfCompatibilityTests
{
    private static readonly byte[] Original = File.ReadAllBytes(
        Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so"));

    private static readonly byte[] Patched = ElfCompatibility.Patch(Original, ElfCompatibility.ForTorchSharp);

    [Fact]
    public void The_library_of_TorchSharp_requires_symbol_versions_that_GCC_11_lacks()
    {
        var versions = ElfCompatibility.StrongRequirements(Original).Select(r => r.Value).ToArray();
        Assert.Contains("GLIBCXX_3.4.32", versions);
        Assert.Contains("GLIBCXX_3.4.30", versions);
    }

    [Theory]
    [InlineData("GLIBC_", "2.34")]
    [InlineData("GLIBCXX_", "3.4.29")]
    [InlineData("CXXABI_", "1.3.13")]
    public void The_copy_requires_only_symbol_versions_of_the_oldest_supported_system(string family, string newest)
    {
        var required = ElfCompatibility.StrongRequirements(Patched)
            .Select(r => r.Value)
            .Where(v => v.StartsWith(family, StringComparison.Ordinal))
            .Select(v => Version.Parse(v[family.Length..]))
            .ToArray();
        Assert.NotEmpty(required);
        Assert.All(required, version => Assert.True(version <= Version.Parse(newest), $"{family}{version}"));
    }

    [Fact]
    public void All_other_requirements_are_unchanged()
    {
        Assert.Equal(
            ElfCompatibility.StrongRequirements(Original).Where(r => r.Value is not ("GLIBCXX_3.4.30" or "GLIBCXX_3.4.32")),
            ElfCompatibility.StrongRequirements(Patched));
    }

    [Fact]
    public void The_copy_has_the_same_size_and_differs_in_few_bytes()
    {
        Assert.Equal(Original.Length, Patched.Length);
        var different = Original.Zip(Patched).Count(pair => pair.First != pair.Second);
        Assert.InRange(different, 4, 16);
    }

    [Fact]
    public void The_copy_of_the_build_is_identical() =>
        Assert.Equal(Patched, File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "compat", "libLibTorchSharp.so")));

    [Fact]
    public void Copying_twice_changes_nothing() =>
        Assert.Equal(Patched, ElfCompatibility.Patch(Patched, ElfCompatibility.ForTorchSharp));

    [Fact]
    public void Rejects_a_version_that_other_symbols_require_too()
    {
        ElfCompatibility.Redirection[] redirections = [new("_ZSt17__throw_bad_allocv", "GLIBCXX_3.4", "ceil", "GLIBC_2.2.5")];
        Assert.Throws<InvalidDataException>(() => ElfCompatibility.Patch(Original, redirections));
    }

    [Fact]
    public void Rejects_a_missing_replacement()
    {
        ElfCompatibility.Redirection[] redirections = [new("_ZSt21ios_base_library_initv", "GLIBCXX_3.4.32", "no_such_function", "GLIBC_2.2.5")];
        Assert.Throws<InvalidDataException>(() => ElfCompatibility.Patch(Original, redirections));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u007fELF")]
    [InlineData("This text is not a library, but it is longer than the sixty-four bytes of an ELF header.")]
    public void Rejects_a_file_that_is_not_a_library(string content)
    {
        var bytes = System.Text.Encoding.Latin1.GetBytes(content);
        Assert.Throws<InvalidDataException>(() => ElfCompatibility.Patch(bytes, ElfCompatibility.ForTorchSharp));
        Assert.Throws<InvalidDataException>(() => ElfCompatibility.StrongRequirements(bytes));
    }

    [Fact]
    public void Rejects_a_truncated_library() =>
        Gen.Int[0, Original.Length - 1].Sample(
            length => Assert.Throws<InvalidDataException>(() => ElfCompatibility.Patch(Original[..length], ElfCompatibility.ForTorchSharp)),
            seed: "0000KOIPe036", iter: 50, threads: 1);

    [Fact]
    public void Damaged_tables_cause_a_rejection_or_a_copy_but_no_other_exception()
    {
        // The relevant tables are in the first 300 kB, the section headers in the last 3 kB.
        var positions = Gen.OneOf(Gen.Int[0, 300_000], Gen.Int[Original.Length - 3_000, Original.Length - 1], Gen.Int[0x3f8f0, 0x3faff], Gen.Int[0, 63]);
        Gen.Select(positions, Gen.Byte).Array[1, 40].Sample(
            damage =>
            {
                var image = (byte[])Original.Clone();
                foreach (var (position, value) in damage)
                    image[position] = value;
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
