using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text.Json;
using HnmStreams.Data.Files;
using HnmStreams.Tasks.Encoders.Inputs;
using HnmStreams.Tasks.Encoders.Models;
using HnmStreams.Tasks.Encoders.Tokens;
using HnmStreams.Tasks.Images;

namespace HnmStreams.Tasks.Encoders;

/// <summary>
/// Loads encoders. Tasks with the same files and settings share one encoder and its cache while any of them is in use, so that a
/// comparison of several methods loads and encodes once. Thread-safe.
/// </summary>
internal static class EncoderLoader
{
    private static readonly ConcurrentDictionary<string, WeakReference<FrozenEncoder>> Loaded = new(StringComparer.Ordinal);
    private static readonly Lock Loading = new();

    /// <summary>Returns an encoder of texts.</summary>
    /// <param name="section">The section of the task's settings, for messages.</param>
    /// <exception cref="InvalidDataException">A file is missing or does not fit. The message has key, value and remedy.</exception>
    public static FrozenEncoder OfTexts(EncoderOptions options, string section, int maxCharacters, int excerpt)
    {
        if (options.Tokenizer is not { } tokenizer)
            throw new InvalidDataException($"'task.encoder.tokenizer' must name the vocab.txt or tokenizer.json of '{options.File}' but is not set: an encoder of texts reads tokens.");
        var input = new TextInputOptions(options.MaxTokens, maxCharacters, excerpt, $"{section}.excerpt", options.Pooling);
        return Shared(options, $"{input} {Version(tokenizer)}", model =>
        {
            ITextTokenizer pieces;
            try
            {
                pieces = TokenizerFile.Read(tokenizer, options.Lowercase, "task.encoder.tokenizer");
            }
            catch (InvalidDataException e)
            {
                throw new UnusableSettingException(e.Message, e);
            }

            return new TextInput(model, pieces, input);
        });
    }

    /// <summary>Returns an encoder of images.</summary>
    /// <exception cref="InvalidDataException">A file is missing or does not fit. The message has key, value and remedy.</exception>
    public static FrozenEncoder OfImages(EncoderOptions options, ImageShape shape)
    {
        var input = ImageInputOptions.Of(options.Image, shape, "task.encoder.image");
        return Shared(options, "", model => new ImageInput(model, input));
    }

    private static FrozenEncoder Shared(EncoderOptions options, string inputs, Func<IEncoderModel, IEncoderInput> create)
    {
        var key = $"{Version(options.File!)} {inputs} {JsonSerializer.Serialize(options)}";
        lock (Loading)
        {
            if (Loaded.TryGetValue(key, out var known) && known.TryGetTarget(out var shared))
                return shared;
            var encoder = Load(options, create);
            Loaded[key] = new WeakReference<FrozenEncoder>(encoder);
            return encoder;
        }
    }

    private static FrozenEncoder Load(EncoderOptions options, Func<IEncoderModel, IEncoderInput> create)
    {
        var path = options.File!;
        try
        {
            var (model, hash) = LoadModel(options, path);
            var input = create(model);
            return WithCache(input, options, $"{Path.GetFileName(path)} {hash:x32}");
        }
        catch (UnusableSettingException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"'task.encoder.file' is '{path}': {e.Message}", e);
        }
    }

    private static FrozenEncoder WithCache(IEncoderInput input, EncoderOptions options, string identity)
    {
        try
        {
            return new FrozenEncoder(input, options, identity);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnusableSettingException($"'task.encoder.cacheFolder' is '{options.CacheFolder}': {e.Message}", e);
        }
    }

    private static (IEncoderModel Model, UInt128 Hash) LoadModel(EncoderOptions options, string path)
    {
        if (!File.Exists(path))
            throw new InvalidDataException("There is no such file. Relative paths start at the working folder.");
        // A TorchScript file is a zip archive.
        Span<byte> start = stackalloc byte[4];
        using (var file = File.OpenRead(RegularFile.Required(path)))
        {
            start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            if (start.SequenceEqual("PK\u0003\u0004"u8))
            {
                if (options.Output is not null)
                    throw new InvalidDataException($"'task.encoder.output' must not be set for a TorchScript file but is '{options.Output}'.");
                file.Position = 0;
                var hash = new XxHash128();
                hash.Append(file);
                return (new TorchScriptModule(path, options.Threads), hash.GetCurrentHashAsUInt128());
            }
        }

        var bytes = OnnxFile.Read(path);
        return (new OnnxModel(bytes, options.Output, options.Device, options.Threads), XxHash128.HashToUInt128(bytes));
    }

    private static string Version(string path) => File.Exists(path) ? $"{Path.GetFullPath(path)} {new FileInfo(path).Length} {File.GetLastWriteTimeUtc(path).Ticks}" : path;

    // Names another setting than that of the encoder's file.
    private sealed class UnusableSettingException(string message, Exception inner) : Exception(message, inner);
}
