using System.Text.Json;
using System.Text.Json.Serialization;
using HnmStreams.Pipeline.Checkpointing.Saving;
using HnmStreams.Pipeline.Flow.Promotion;
using HnmStreams.Web.Api.Description;
using HnmStreams.Web.Api.Responses;
using HnmStreams.Web.Api.Responses.Requests;
using HnmStreams.Web.Operating;
using Microsoft.AspNetCore.Mvc;

namespace HnmStreams.Web.Api;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StatusResponse))]
[JsonSerializable(typeof(HistoryResponse))]
[JsonSerializable(typeof(EventsResponse))]
[JsonSerializable(typeof(RecoveriesResponse))]
[JsonSerializable(typeof(TracesResponse))]
[JsonSerializable(typeof(TraceResponse))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(HardNegativesResponse))]
[JsonSerializable(typeof(HistogramResponse))]
[JsonSerializable(typeof(BatchesResponse))]
[JsonSerializable(typeof(QuarantineResponse))]
[JsonSerializable(typeof(LabelDecisionResponse))]
[JsonSerializable(typeof(LabelDecisionsResponse))]
[JsonSerializable(typeof(LabelRequestsResponse))]
[JsonSerializable(typeof(LabelAnswerResponse))]
[JsonSerializable(typeof(CandidateResponse))]
[JsonSerializable(typeof(WhyResponse))]
[JsonSerializable(typeof(CheckpointsResponse))]
[JsonSerializable(typeof(DeadLettersResponse))]
[JsonSerializable(typeof(CheckpointStatus))]
[JsonSerializable(typeof(PauseResponse))]
[JsonSerializable(typeof(ModelsResponse))]
[JsonSerializable(typeof(ServedModelResponse))]
[JsonSerializable(typeof(SystemStatus))]
[JsonSerializable(typeof(SettingsResponse))]
[JsonSerializable(typeof(ModelCard))]
[JsonSerializable(typeof(ScoresResponse))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(ScoreExample[]))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int?))]
internal sealed partial class ApiJson : JsonSerializerContext;
