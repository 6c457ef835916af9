using HnmStreams.Testing;

namespace HnmStreams.Chaos.Attack;

/// <summary>The attacks with damaged files, which other processes of the executable read. Each returns a description of the result.</summary>
internal sealed class FileAttacks(ServiceProcess service, string work, ulong seed)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Starts runs with weight files that are damaged, claim huge tensors or are named pipes.</summary>
    public async Task<string> WeightsAsync(CancellationToken cancellation)
    {
        var mutation = new Mutation(seed);
        var bomb = Bombs.Safetensors(1L << 40);
        byte[][] files = [[], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], bomb, mutation.Apply(bomb), mutation.Apply(bomb)];
        var path = Path.Combine(work, "damaged.safetensors");
        foreach (var content in files)
        {
            await File.WriteAllBytesAsync(path, content, cancellation);
            await ExpectRefusalAsync("run", "--init", path, "--limit", "100", "--set", "http.urls=off", "--set", "models.folder=null");
        }

        File.Delete(path);
        NamedPipe.Create(path);
        await ExpectRefusalAsync("run", "--init", path, "--limit", "100", "--set", "http.urls=off", "--set", "models.folder=null");
        return $"{files.Length + 1} weight files refused";
    }

    /// <summary>Inspects copies of the newest checkpoint whose files are mutated or replaced by named pipes.</summary>
    public async Task<string> CheckpointsAsync(string state, CancellationToken cancellation)
    {
        var mutation = new Mutation(seed + 1);
        var newest = CopyNewest(state);
        var copies = Path.Combine(work, "copies");
        var copy = Path.Combine(copies, Path.GetFileName(newest));
        var refused = 0;
        foreach (var file in Directory.GetFiles(newest))
        {
            Directory.CreateDirectory(copy);
            foreach (var original in Directory.GetFiles(newest))
                File.Copy(original, Path.Combine(copy, Path.GetFileName(original)));
            var damaged = Path.Combine(copy, Path.GetFileName(file));
            var content = await File.ReadAllBytesAsync(file, cancellation);
            File.Delete(damaged);
            if (refused % 2 == 0)
                NamedPipe.Create(damaged);
            else
                await File.WriteAllBytesAsync(damaged, [.. content, (byte)mutation.Below(256)], cancellation);
            await ExpectRefusalAsync("inspect", copies);
            refused++;
            Directory.Delete(copies, recursive: true);
        }

        return $"{refused} damaged checkpoints refused";
    }

    // The service may delete an old checkpoint at any moment, also while it is copied.
    private string CopyNewest(string state)
    {
        while (true)
        {
            var newest = Directory.GetDirectories(state, "checkpoint-*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
            var copy = Directory.CreateDirectory(Path.Combine(work, "newest", Path.GetFileName(newest)));
            try
            {
                foreach (var file in Directory.GetFiles(newest))
                    File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
                return copy.FullName;
            }
            catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
            {
                copy.Delete(recursive: true);
            }
        }
    }

    private async Task ExpectRefusalAsync(params string[] arguments)
    {
        int code;
        try
        {
            code = await service.RunAsync(Timeout, arguments);
        }
        catch (TimeoutException e)
        {
            throw new AttackSucceededException($"hnm {arguments[0]} did not end within {Timeout.TotalSeconds} s: {e.Message}");
        }

        if (code is not (1 or 2))
            throw new AttackSucceededException($"hnm {string.Join(' ', arguments)} exited with code {code}");
    }
}
