using System.Text.Json;
using HnmStreams.Data.Files;

namespace HnmStreams.Torch.Networks.Backbones;

/// <summary>The part of a BERT model's <c>config.json</c> that the tensors do not tell.</summary>
/// <param name="Heads">The number of attention heads; null if the file does not exist or says nothing.</param>
/// <param name="Epsilon">The number that layer normalization adds to the variance.</param>
internal sealed record BertConfig(int? Heads, double Epsilon)
{
    private const double DefaultEpsilon = 1e-12;
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads the file in the folder of the weights, if it exists.</summary>
    /// <exception cref="InvalidDataException">The file is not that of a BERT model.</exception>
    public static BertConfig Beside(string weights)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(weights))!, "config.json");
        if (!File.Exists(path))
            return new BertConfig(null, DefaultEpsilon);
        if (new FileInfo(RegularFile.Required(path)).Length > MaxBytes)
            throw new InvalidDataException($"{path} must have at most {MaxBytes} bytes.");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            Expect(root, "model_type", "bert");
            Expect(root, "hidden_act", "gelu");
            Expect(root, "position_embedding_type", "absolute");
            return new BertConfig(
                root.TryGetProperty("num_attention_heads", out var heads) ? heads.GetInt32() : null,
                root.TryGetProperty("layer_norm_eps", out var epsilon) ? epsilon.GetDouble() : DefaultEpsilon);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or InvalidDataException)
        {
            throw new InvalidDataException($"{path} is not the configuration of a BERT model that can be trained here: {e.Message}", e);
        }
    }

    private static void Expect(JsonElement root, string key, string value)
    {
        if (root.TryGetProperty(key, out var found) && !string.Equals(found.GetString(), value, StringComparison.Ordinal))
            throw new InvalidDataException($"{key} must be {value} but is {found.GetString()}.");
    }
}
