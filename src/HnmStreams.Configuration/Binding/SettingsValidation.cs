using System.ComponentModel.DataAnnotations;

namespace HnmStreams.Configuration.Binding;

/// <summary>The validation of every options class of the tree by its own rules.</summary>
internal static class SettingsValidation
{
    /// <summary>Returns all failures: the key, its value, and the reason.</summary>
    public static IEnumerable<(SettingsNode Node, object? Value, string Failure)> Validate(SettingsNode node, object? options)
    {
        if (options is null)
            yield break;
        foreach (var child in node.Children.Values)
        {
            var value = child.Property!.GetValue(options);
            if (FailedRule(child, options, value))
                yield return (child, value, $"must be {SettingsConversion.Allowed(child)}");
            if (child.Kind != SettingsNodeKind.Section)
                continue;
            foreach (var failure in Validate(child, value))
                yield return failure;
        }

        if (options is not IValidatableObject together)
            yield break;
        foreach (var result in together.Validate(new ValidationContext(options)))
        {
            var named = result.MemberNames.FirstOrDefault();
            var at = named is not null && node.Children.TryGetValue(named, out var member) ? member : node;
            var value = at == node ? null : at.Property!.GetValue(options);
            yield return (at, value, result.ErrorMessage ?? "the value is not allowed");
        }
    }

    private static bool FailedRule(SettingsNode node, object owner, object? value)
    {
        var context = new ValidationContext(owner) { MemberName = node.Property!.Name };
        var rules = node.Property.GetCustomAttributes(inherit: true).OfType<ValidationAttribute>();
        return !Validator.TryValidateValue(value!, context, null, rules);
    }
}
