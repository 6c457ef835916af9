namespace HnmStreams.Data.Readers;

/// <summary>Files and folders that tools leave in a data set and that do not belong to it.</summary>
internal static class HiddenNames
{
    /// <summary>Returns true for names that start with a dot (<c>.ipynb_checkpoints</c>, <c>._1.jpg</c>) and for <c>__MACOSX</c>.</summary>
    public static bool IsHidden(string path)
    {
        var name = Path.GetFileName(path.AsSpan());
        return name.StartsWith('.') || name is "__MACOSX";
    }

    /// <summary>Enumerates the folders in a folder without the hidden ones.</summary>
    public static IEnumerable<string> VisibleFolders(string root) => Directory.EnumerateDirectories(root).Where(static f => !IsHidden(f));

    /// <summary>Enumerates the files in a folder without the hidden ones.</summary>
    public static IEnumerable<string> VisibleFiles(string root) => Directory.EnumerateFiles(root).Where(static f => !IsHidden(f));
}
