using HnmStreams.Host.Application;
using HnmStreams.Host.Commands;

FilePermissions.Restrict();
using var signals = StopSignals.OfProcess(TimeProvider.System);
return await HnmCommand.InvokeAsync(args, CommandContext.OfProcess(signals));
