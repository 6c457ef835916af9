// Compiled twice: by MSBuild's RoslynCodeTaskFactory, against netstandard2.0 (so no spans), where it makes the copy at
// build time; and by the tests, with ELF_WITHOUT_MSBUILD.
#nullable disable
#pragma warning disable IDE0005 // The tests have implicit usings, MSBuild's compiler has none.
using System;
using System.Collections.Generic;
using System.IO;
#pragma warning restore IDE0005
using System.Text;

namespace HnmStreams.Torch.Native.Build;

/// <summary>
/// Makes a 64-bit little-endian ELF library load against an older libstdc++ than it was linked with.
/// </summary>
/// <remarks>
/// Two changes, both in place, so the file keeps its size: a symbol that needs a too new version gets another name or
/// another version of its own name; and the version requirement that nobody needs any more gets VER_FLG_WEAK, which
/// ld.so accepts when it is missing. Format: System V gABI chapter 5, and the LSB's "Symbol Versioning".
/// </remarks>
internal static class ElfCompatibility
{
    private const int SectionDynamicSymbols = 11;
    private const int SectionVersionNeeds = 0x6ffffffe;
    private const int SectionVersionSymbols = 0x6fffffff;
    private const ushort WeakFlag = 2;

    /// <summary>
    /// What TorchSharp 0.107's library asks for beyond GCC 11's libstdc++ (RHEL 9), and what answers in its place.
    /// </summary>
    /// <remarks>
    /// <c>ios_base_library_init</c> (GCC 13) is an empty function that only pins the version, so any harmless function
    /// will do. <c>condition_variable::wait</c> got a second version in GCC 12 when it lost its noexcept; the
    /// first, with the same arguments and effect, is in every libstdc++ since GCC 4.4, the newest included.
    /// </remarks>
    public static readonly Redirection[] ForTorchSharp =
    {
        new Redirection("_ZSt21ios_base_library_initv", "GLIBCXX_3.4.32", "ceil", "GLIBC_2.2.5"),
        new Redirection(
            "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE", "GLIBCXX_3.4.30",
            "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE", "GLIBCXX_3.4.11"),
    };

    /// <summary>A copy of <paramref name="library"/> with the redirections made; those whose symbol is not there are skipped.</summary>
    /// <exception cref="InvalidDataException">Not such a library, damaged, or its layout leaves no place for the change.</exception>
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
            throw new InvalidDataException("The library's tables point outside of the file: it is damaged.", e);
        }

        return image;
    }

    /// <summary>The versions that the library cannot load without, as <c>file: version</c>.</summary>
    /// <exception cref="InvalidDataException">Not a 64-bit little-endian ELF library, or damaged.</exception>
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
            throw new InvalidDataException("The library's tables point outside of the file: it is damaged.", e);
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

        var unwanted = needs.Find(n => n.Version == redirection.Version);
        var wanted = needs.Find(n => n.Version == redirection.InsteadVersion && n.Serves(redirection));
        if (unwanted == null)
            return;
        if (wanted == null)
            throw new InvalidDataException("The library has no requirement of " + redirection.InsteadVersion + " to redirect to.");

        var (asked, instead, others) = (-1, -1, 0);
        var count = checked((int)(symbols.Size / 24));
        for (var i = 1; i < count; i++)
        {
            var at = checked((int)symbols.Offset + i * 24);
            var undefined = U16(image, at + 6) == 0;
            var version = U16(image, checked((int)versions.Offset + i * 2)) & 0x7fff;
            if (!undefined)
                continue;
            var name = Text(image, checked((int)(strings.Offset + U32(image, at))));
            if (version == unwanted.Index && name == redirection.Symbol)
                asked = i;
            else if (version == unwanted.Index)
                others++;
            if (name == redirection.InsteadSymbol && (version == wanted.Index || redirection.SameName))
                instead = i;
        }

        if (asked < 0 && others == 0)
            return;
        if (asked < 0 || instead < 0 || others > 0)
            throw new InvalidDataException(
                redirection.Version + " is asked for by other symbols than " + redirection.Symbol + ": this is not the library that the redirection was made for.");

        Array.Copy(image, checked((int)symbols.Offset + instead * 24), image, checked((int)symbols.Offset + asked * 24), 4);
        Put16(image, checked((int)versions.Offset + asked * 2), (ushort)wanted.Index);
        Put16(image, unwanted.At + 4, (ushort)(U16(image, unwanted.At + 4) | WeakFlag));
    }

    private static List<Section> Sections(byte[] image)
    {
        if (image.Length < 64 || U32(image, 0) != 0x464c457f || image[4] != 2 || image[5] != 1)
            throw new InvalidDataException("Not a 64-bit little-endian ELF file.");
        var table = checked((long)U64(image, 40));
        var (size, count) = (U16(image, 58), U16(image, 60));
        if (size != 64 || count == 0 || table < 64 || checked(table + (long)size * count) > image.Length)
            throw new InvalidDataException("The ELF file has no section table, or it lies outside of the file.");

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
                throw new InvalidDataException("A section of the ELF file lies outside of it.");
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

            // Both lists end at 0; the counts alone could claim four billion rounds.
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
            throw new InvalidDataException("A name in the ELF file has no end.");
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

    /// <summary>An undefined symbol of a version that may be missing, and the undefined symbol that takes its place.</summary>
    internal sealed class Redirection
    {
        public Redirection(string symbol, string version, string insteadSymbol, string insteadVersion)
        {
            Symbol = symbol;
            Version = version;
            InsteadSymbol = insteadSymbol;
            InsteadVersion = insteadVersion;
        }

        public string Symbol { get; }

        public string Version { get; }

        public string InsteadSymbol { get; }

        public string InsteadVersion { get; }

        public bool SameName => Symbol == InsteadSymbol;
    }

    private sealed class Section
    {
        public uint Type;
        public long Offset;
        public long Size;
        public int Link;
        public uint Info;
    }

    private sealed class Need
    {
        public int At;
        public string File;
        public string Version;
        public int Index;

        // ceil@GLIBC_2.2.5 is libm's; libc has requirements of the same version name with another index.
        public bool Serves(Redirection redirection) =>
            redirection.SameName || (redirection.InsteadSymbol == "ceil") == File.StartsWith("libm.", StringComparison.Ordinal);
    }
}

#if !ELF_WITHOUT_MSBUILD
/// <summary>Writes the copy, and refuses one that the oldest supported system could not load all the same.</summary>
public sealed class WriteCompatibleLibrary : Microsoft.Build.Utilities.Task
{
    [Microsoft.Build.Framework.Required]
    public string Source { get; set; }

    [Microsoft.Build.Framework.Required]
    public string Destination { get; set; }

    /// <summary>The newest versions that the oldest supported system has, for example <c>GLIBC_2.34;GLIBCXX_3.4.29</c>.</summary>
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
                        Log.LogError("{0} asks {1} for {2}, above {3} of the oldest supported system.", Source, requirement.Key, requirement.Value, newest);
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
            Log.LogError("No compatible copy of {0} can be made: {1}", Source, e.Message);
            return false;
        }
    }

    private static bool IsAbove(string version, string newest)
    {
        var cut = newest.LastIndexOf('_') + 1;
        return version.StartsWith(newest.Substring(0, cut), StringComparison.Ordinal)
            && Version.TryParse(version.Substring(cut), out var asked)
            && asked > Version.Parse(newest.Substring(cut));
    }
}
#endif
