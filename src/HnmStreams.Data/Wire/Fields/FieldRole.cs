using HnmStreams.Data.Examples;
using HnmStreams.Data.Wire.Values;

namespace HnmStreams.Data.Wire.Fields;

/// <summary>A role of an example, for example its label, and the paths at which a record may have it. The first that is present counts.</summary>
/// <param name="Setting">The key of the setting, for error messages.</param>
internal sealed record FieldRole(string Setting, IReadOnlyList<FieldPath> Paths)
{
    /// <summary>True if the role has a path.</summary>
    public bool IsMapped => Paths.Count > 0;

    /// <summary>Finds the first path with a value that is neither missing nor null. Returns false if none exists.</summary>
    public bool TryFind(in FieldValue root, out FieldValue value, out FieldPath path)
    {
        foreach (var candidate in Paths)
        {
            value = candidate.Find(root);
            path = candidate;
            if (!value.IsAbsent)
                return true;
        }

        (value, path) = (default, null!);
        return false;
    }

    /// <summary>Describes why the role is absent, for example <c>$.after.label is null</c>.</summary>
    public string Explain(in FieldValue root)
    {
        var path = Paths[0];
        return $"{path} {path.Explain(root)}";
    }

    /// <summary>Rejects the value of the role.</summary>
    /// <param name="expected">Completes the sentence "must be …".</param>
    public Rejection Wrong(FieldPath path, string expected, in FieldValue value) =>
        Rejection.Malformed($"The field {path} ({Setting}) must be {expected} but is {value.Describe()}. Set {Setting} to the right field, or correct the producer.");
}
