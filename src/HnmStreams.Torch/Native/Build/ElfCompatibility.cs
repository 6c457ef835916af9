// Compiled twice: by MSBuild's RoslynCodeTaskFactory against netstandard2.0 (so no spans), which makes the copy at build
// time, and by the tests with ELF_WITHOUT_MSBUILD. The factory takes a single file.
#nullable disable
#pragma warning disable IDE0005 // The tests have implicit usings; MSBuild's compiler has none.
using System;
using System.Collections.Generic;
using System.IO;
#pragma warning restore IDE0005
using System.Text;

namespace HnmStreams.Torch.Native.Build;

/// <summary>A patch that lets a 64-bit little-endian ELF library load with an older libstdc++ than it was linked with.</summary>
/// <remarks>
/// Reason: TorchSharp's Linux library is built on a distribution with GCC 13 (dotnet/TorchSharp#218 is upstream's issue on
/// portable binaries), and fails with "version `GLIBCXX_3.4.32' not found" on Debian 12, Ubuntu 22.04 and RHEL 9. Remove
/// this file, its target and the copy when TorchSharp's library requires no more than GCC 11's libstdc++, or when these
/// distributions are no longer supported; a test fails as soon as the first is the case. Both changes are made in
/// place: a symbol with too new a version gets another name or another version of its name, and the version requirement
/// that is then unused gets VER_FLG_WEAK, which ld.so accepts if the version is missing. Format: System V gABI, chapter 5,
/// and the LSB's "Symbol Versioning".
/// </remarks>
internal static class ElfCompatibility
{
    private const int SectionDynamicSymbols = 11;
    private const int SectionVersionNeeds = 0x6ffffffe;
    private const int SectionVersionSymbols = 0x6fffffff;
    private const ushort WeakFlag = 2;

    /// <summary>The symbols of TorchSharp 0.107's library that GCC 11's libstdc++ (RHEL 9) lacks, and their replacements.</summary>
    /// <remarks>
    /// <c>ios_base_library_init</c> (GCC 13) is an empty function that only requires the version, so any harmless function
    /// can replace it. <c>condition_variable::wait</c> got a second version in GCC 12, without noexcept; the first one, with
    /// the same arguments and effect, is in every libstdc++ since GCC 4.4, the newest included.
    /// </remarks>
    public static readonly Redirection[] ForTorchSharp =
    {
        new Redirection("_ZSt21ios_base_library_initv", "GLIBCXX_3.4.32", "ceil", "GLIBC_2.2.5"),
        new Redirection(
            "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE", "GLIBCXX_3.4.30",
            "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE", "GLIBCXX_3.4.11"),
    };

    /// <summary>Returns a copy of <paramref name="library"/> with the redirections; those without their symbol are skipped.</summary>
    /// <exception cref="InvalidDataException">The file is not such a library, is damaged, or cannot be changed in place.</exception>
    public static byte[] Patch(byte[] library, IReadOnlyList<Redirection> redirections)
    {
        var image = (byte[])library.Clone();
        try
        {
            foreach (var redirection in redirections)
                Redirect(image, redirection);
        }
        catch (Exception e) when (e is IndexOutOfRangeException || e is ArgumentException || e is OverflowException)
        {
            throw new InvalidDataException("The library is damaged: its tables point beyond the file.", e);
        }

        return image;
    }

    /// <summary>Returns the versions that the library cannot load without, by file.</summary>
    /// <exception cref="InvalidDataException">The file is not a 64-bit little-endian ELF library, or it is damaged.</exception>
    public static List<KeyValuePair<string, string>> StrongRequirements(byte[] library)
    {
        var found = new List<KeyValuePair<string, string>>();
        try
        {
            foreach (var need in Needs(library, Sections(library)))
            {
                if ((U16(library, need.At + 4) & WeakFlag) == 0)
                    found.Add(new KeyValuePair<string, string>(need.File, need.Version));
            }
        }
        catch (Exception e) when (e is IndexOutOfRangeException || e is ArgumentException || e is OverflowException)
        {
            throw new InvalidDataException("The library is damaged: its tables point beyond the file.", e);
        }

        return found;
    }

    private static void Redirect(byte[] image, Redirection redirection)
    {
        var sections = Sections(image);
        var symbols = Find(sections, SectionDynamicSymbols, "dynamic symbols");
        var versions = Find(sections, SectionVersionSymbols, "symbol versions");
        var strings = sections[symbols.Link];
        var needs = Needs(image, sections);

        var tooNew = needs.Find(n => n.Version == redirection.Version);
        var replacement = needs.Find(n => n.Version == redirection.InsteadVersion && n.Serves(redirection));
        if (tooNew == null)
            return;
        if (replacement == null)
            throw new InvalidDataException("The library must require " + redirection.InsteadVersion + ", the redirection's target, but does not.");

        var (requested, instead, others) = (-1, -1, 0);
        var count = checked((int)(symbols.Size / 24));
        for (var i = 1; i < count; i++)
        {
            var at = checked((int)symbols.Offset + i * 24);
            var undefined = U16(image, at + 6) == 0;
            var version = U16(image, checked((int)versions.Offset + i * 2)) & 0x7fff;
            if (!undefined)
                continue;
            var name = Text(image, checked((int)(strings.Offset + U32(image, at))));
            if (version == tooNew.Index && name == redirection.Symbol)
                requested = i;
            else if (version == tooNew.Index)
                others++;
            if (name == redirection.InsteadSymbol && (version == replacement.Index || redirection.SameName))
                instead = i;
        }

        if (requested < 0 && others == 0)
            return;
        if (requested < 0 || instead < 0 || others > 0)
            throw new InvalidDataException(
                redirection.Version + " must be required by " + redirection.Symbol + " alone but is not: the redirection was made for another build of the library.");

        Array.Copy(image, checked((int)symbols.Offset + instead * 24), image, checked((int)symbols.Offset + requested * 24), 4);
        Put16(image, checked((int)versions.Offset + requested * 2), (ushort)replacement.Index);
        Put16(image, tooNew.At + 4, (ushort)(U16(image, tooNew.At + 4) | WeakFlag));
    }

    private static List<Section> Sections(byte[] image)
    {
        if (image.Length < 64 || U32(image, 0) != 0x464c457f || image[4] != 2 || image[5] != 1)
            throw new InvalidDataException("The file must be a 64-bit little-endian ELF file but is not.");
        var table = checked((long)U64(image, 40));
        var (size, count) = (U16(image, 58), U16(image, 60));
        if (size != 64 || count == 0 || table < 64 || checked(table + (long)size * count) > image.Length)
            throw new InvalidDataException("The ELF file has no section table, or the table is beyond the end of the file.");

        var sections = new List<Section>(count);
        for (var i = 0; i < count; i++)
        {
            var at = checked((int)table + i * size);
            var section = new Section
            {
                Type = U32(image, at + 4),
                Offset = checked((long)U64(image, at + 24)),
                Size = checked((long)U64(image, at + 32)),
                Link = checked((int)U32(image, at + 40)),
                Info = U32(image, at + 44),
            };
            const uint nobits = 8;
            if (section.Type != nobits && checked(section.Offset + section.Size) > image.Length)
                throw new InvalidDataException("A section of the ELF file is beyond its end.");
            sections.Add(section);
        }

        return sections;
    }

    private static Section Find(List<Section> sections, uint type, string what)
    {
        var found = sections.Find(s => s.Type == type);
        return found ?? throw new InvalidDataException("The ELF file has no " + what + ".");
    }

    private static List<Need> Needs(byte[] image, List<Section> sections)
    {
        var needs = new List<Need>();
        var section = Find(sections, SectionVersionNeeds, "version requirements");
        var strings = sections[section.Link];
        var at = checked((int)section.Offset);
        for (var files = 0; files < section.Info; files++)
        {
            var file = Text(image, checked((int)(strings.Offset + U32(image, at + 4))));
            var entry = checked(at + (int)U32(image, at + 8));
            for (var i = U16(image, at + 2); i > 0; i--)
            {
                needs.Add(new Need
                {
                    At = entry,
                    File = file,
                    Index = U16(image, entry + 6),
                    Version = Text(image, checked((int)(strings.Offset + U32(image, entry + 8)))),
                });
                var nextEntry = checked((int)U32(image, entry + 12));
                if (nextEntry == 0)
                    break;
                entry = checked(entry + nextEntry);
            }

            // Both lists end at 0; a damaged count alone could demand four billion iterations.
            var next = checked((int)U32(image, at + 12));
            if (next == 0)
                break;
            at = checked(at + next);
        }

        return needs;
    }

    private static string Text(byte[] image, int at)
    {
        var end = Array.IndexOf(image, (byte)0, at);
        if (end < 0)
            throw new InvalidDataException("A name in the ELF file is not terminated.");
        return Encoding.ASCII.GetString(image, at, end - at);
    }

    private static ushort U16(byte[] image, int at) => (ushort)(image[at] | image[at + 1] << 8);

    private static uint U32(byte[] image, int at) => U16(image, at) | (uint)U16(image, at + 2) << 16;

    private static ulong U64(byte[] image, int at) => U32(image, at) | (ulong)U32(image, at + 4) << 32;

    private static void Put16(byte[] image, int at, ushort value)
    {
        image[at] = (byte)value;
        image[at + 1] = (byte)(value >> 8);
    }

    /// <summary>An undefined symbol whose version may be missing, and the undefined symbol that replaces it.</summary>
    internal sealed class Redirection
    {
        public readonly string Symbol, Version, InsteadSymbol, InsteadVersion;

        public Redirection(string symbol, string version, string insteadSymbol, string insteadVersion) =>
            (Symbol, Version, InsteadSymbol, InsteadVersion) = (symbol, version, insteadSymbol, insteadVersion);

        public bool SameName => Symbol == InsteadSymbol;
    }

    private sealed class Section
    {
        public uint Type, Info;
        public long Offset, Size;
        public int Link;
    }

    private sealed class Need
    {
        public int At, Index;
        public string File, Version;

        // ceil@GLIBC_2.2.5 is libm's; libc has a requirement with the same version name and another index.
        public bool Serves(Redirection redirection) =>
            redirection.SameName || (redirection.InsteadSymbol == "ceil") == File.StartsWith("libm.", StringComparison.Ordinal);
    }
}

#if !ELF_WITHOUT_MSBUILD
/// <summary>An MSBuild task that writes the copy. Fails if the oldest supported system could still not load it.</summary>
public sealed class WriteCompatibleLibrary : Microsoft.Build.Utilities.Task
{
    [Microsoft.Build.Framework.Required]
    public string Source { get; set; }

    [Microsoft.Build.Framework.Required]
    public string Destination { get; set; }

    /// <summary>The newest versions on the oldest supported system, for example <c>GLIBC_2.34;GLIBCXX_3.4.29</c>.</summary>
    [Microsoft.Build.Framework.Required]
    public string[] Newest { get; set; }

    public override bool Execute()
    {
        try
        {
            var patched = ElfCompatibility.Patch(File.ReadAllBytes(Source), ElfCompatibility.ForTorchSharp);
            foreach (var requirement in ElfCompatibility.StrongRequirements(patched))
            {
                foreach (var newest in Newest)
                {
                    if (IsAbove(requirement.Value, newest))
                        Log.LogError("{0} requires {2} of {1}, which must be at most {3} for the oldest supported system.", Source, requirement.Key, requirement.Value, newest);
                }
            }

            if (Log.HasLoggedErrors)
                return false;
            Directory.CreateDirectory(Path.GetDirectoryName(Destination));
            File.WriteAllBytes(Destination, patched);
            return true;
        }
        catch (Exception e) when (e is IOException || e is InvalidDataException || e is UnauthorizedAccessException)
        {
            Log.LogError("Cannot make a compatible copy of {0}: {1}", Source, e.Message);
            return false;
        }
    }

    private static bool IsAbove(string version, string newest)
    {
        var cut = newest.LastIndexOf('_') + 1;
        return version.StartsWith(newest.Substring(0, cut), StringComparison.Ordinal)
            && Version.TryParse(version.Substring(cut), out var required)
            && required > Version.Parse(newest.Substring(cut));
    }
}
#endif
