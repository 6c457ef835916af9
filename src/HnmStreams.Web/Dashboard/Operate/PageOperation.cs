using HnmStreams.Web.Operating;

namespace HnmStreams.Web.Dashboard.Operate;

/// <summary>The execution of an operation from the page, with its result in words.</summary>
internal static class PageOperation
{
    /// <summary>Runs an operation and returns its message, or the reason why it failed.</summary>
    public static async Task<string> RunAsync(Func<Task<string>> operation)
    {
        try
        {
            return await operation();
        }
        catch (Exception e) when (e is NoLearnerException or InvalidOperationException or TimeoutException or TaskCanceledException or Akka.Actor.AskTimeoutException or InvalidDataException)
        {
            return e.Message;
        }
    }
}
