using System.Globalization;

namespace HnmStreams.Web.Dashboard.Why;

/// <summary>Permanent links to candidates. Pure.</summary>
internal static class CandidateLink
{
    /// <summary>Returns the page's address with the explanation of a candidate opened.</summary>
    public static string To(string id, int region) => region == 0
        ? $"/?candidate={Uri.EscapeDataString(id)}"
        : string.Create(CultureInfo.InvariantCulture, $"/?candidate={Uri.EscapeDataString(id)}&region={region}");
}
