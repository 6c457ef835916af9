using System.CommandLine;

namespace HnmStreams.Host.Commands;

/// <summary>Limits on the values of options that do not stand for settings.</summary>
internal static class OptionLimits
{
    /// <summary>Rejects values below <paramref name="minimum"/> and returns the option.</summary>
    public static Option<T> AtLeast<T>(this Option<T> option, int minimum)
    {
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<T>() is int value && value < minimum)
                result.AddError($"{option.Name} must be at least {minimum} but is {value}.");
        });
        return option;
    }
}
