namespace HnmStreams.Web.DeadLetters;

/// <summary>The rejected records with one reason.</summary>
/// <param name="Reason">The stable code of the reason.</param>
/// <param name="Count">The number of records.</param>
/// <param name="Example">The id of the first of them, or its position if it has no id. Control characters are escaped.</param>
/// <param name="Detail">The description of the first of them.</param>
internal sealed record RejectionReason(string Reason, long Count, string Example, string Detail);
