using Xunit;

namespace HnmStreams.Testing;

/// <summary>The public data sets in the folder <c>HNM_DATA</c>, or in <c>shared/data</c> next to the checkout.</summary>
public static class PublicData
{
    /// <summary>Returns the folder of a data set. Skips the calling test if it does not exist.</summary>
    public static string Find(string set)
    {
        var root = Environment.GetEnvironmentVariable("HNM_DATA") ?? NextToCheckout();
        var folder = root is null ? null : Path.Combine(root, set);
        if (folder is null || !Directory.Exists(folder))
            Assert.Skip($"The data set '{set}' is missing. Set HNM_DATA to the folder that contains it.");
        return folder;
    }

    private static string? NextToCheckout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "HnmStreams.sln")))
                return Path.Combine(folder.FullName, "..", "shared", "data");
        }

        return null;
    }
}
