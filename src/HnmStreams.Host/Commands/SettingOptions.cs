using System.CommandLine;
using HnmStreams.Configuration;

namespace HnmStreams.Host.Commands;

/// <summary>Command line options that stand for settings. Their values are validated like settings.</summary>
internal sealed class SettingOptions
{
    private readonly List<(Option<string?> Option, string[] Keys)> _flags = [];
    private readonly List<(Option<bool> Option, string[] Keys, string Value)> _switches = [];
    private readonly Option<string?> _config = new("--config") { HelpName = "FILE", Description = "Settings layered over config/hnm.json, such as a task's file in config/tasks" };
    private readonly Option<string[]> _set = new("--set") { HelpName = "KEY=VALUE", Description = "A setting, such as pipeline.scoring.share=0.5; may be repeated", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

    /// <summary>Adds an option with a value.</summary>
    /// <param name="keys">The settings that receive the option's value.</param>
    public SettingOptions Add(string name, string helpName, string description, params string[] keys)
    {
        _flags.Add((new Option<string?>(name) { HelpName = helpName, Description = description }, keys));
        return this;
    }

    /// <summary>Adds a flag.</summary>
    /// <param name="keys">The settings that are set to true if the flag is given.</param>
    public SettingOptions AddFlag(string name, string description, params string[] keys)
    {
        _switches.Add((new Option<bool>(name) { Description = description }, keys, "true"));
        return this;
    }

    /// <summary>Adds a flag that stands for a value other than true.</summary>
    /// <param name="value">The value of the setting if the flag is given.</param>
    public SettingOptions AddFlagFor(string name, string description, string key, string value)
    {
        _switches.Add((new Option<bool>(name) { Description = description }, [key], value));
        return this;
    }

    public void AddTo(Command command)
    {
        command.Add(_config);
        command.Add(_set);
        foreach (var (option, _) in _flags)
            command.Add(option);
        foreach (var (option, _, _) in _switches)
            command.Add(option);
    }

    public SettingsRequest Read(ParseResult parsed)
    {
        var flags = new List<KeyValuePair<string, string>>();
        foreach (var (option, keys) in _flags)
        {
            if (parsed.GetValue(option) is { } value)
                flags.AddRange(keys.Select(key => new KeyValuePair<string, string>(key, value)));
        }

        foreach (var (option, keys, value) in _switches)
        {
            if (parsed.GetValue(option))
                flags.AddRange(keys.Select(key => new KeyValuePair<string, string>(key, value)));
        }

        return new SettingsRequest(parsed.GetValue(_config), parsed.GetValue(_set) ?? [], flags);
    }
}
