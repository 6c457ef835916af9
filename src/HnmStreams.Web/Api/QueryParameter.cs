using System.Globalization;

namespace HnmStreams.Web.Api;

/// <summary>An invalid query parameter, answered with status 400.</summary>
internal sealed class InvalidQueryParameterException(string message) : ArgumentException(message);

/// <summary>Parsing of query parameters with messages for the caller of the API. Model binding would answer with an empty body or name .NET types.</summary>
internal static class QueryParameter
{
    /// <summary>Parses a whole number.</summary>
    /// <param name="text">The parameter's text; null if the request does not have it.</param>
    /// <exception cref="InvalidQueryParameterException">The text is not a whole number from <paramref name="minimum"/> to <paramref name="maximum"/>.</exception>
    public static int WholeNumber(string name, string? text, int fallback, int minimum, int maximum)
    {
        if (text is null)
            return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : throw new InvalidQueryParameterException($"'{name}' must be a whole number from {minimum} to {maximum} but is '{text}'.");
    }

    /// <summary>Parses the index of a region in its example; 0, the whole example, if the request does not have it.</summary>
    public static int Region(string? text) => WholeNumber("region", text, 0, 0, int.MaxValue);
}
