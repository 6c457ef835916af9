namespace HnmStreams.EndToEnd.Tests.Configuration;

/// <summary>The files of the repository that contains the test binaries.</summary>
internal static class Repository
{
    private static readonly string Root = Find();

    public static string File(params string[] path) => Path.Combine([Root, .. path]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "HnmStreams.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("HnmStreams.sln was not found in a parent folder of the test binaries.");
    }
}
