using HnmStreams.Benchmarks.Commands;

return await BenchmarkProgram.InvokeAsync(args, BenchmarkContext.OfProcess(), CancellationToken.None);
